"""Whether the cookies or headers for a site behind a gate open it, before anything is pulled."""

from __future__ import annotations

from wpexport.errors import LoginError
from wpexport.net import Http, NetError, Response, typed
from wpexport.net.address import origin

_ACCEPT = "text/html, */*;q=0.5"


def check_gate(http: Http, bare: Http, address: str) -> str:
    """Ask for the site's front page with what opens the gate, and without.

    Args:
        http: sends it.
        bare: does not.
        address: what the user typed.

    Returns:
        One sentence: what is known of it.

    Raises:
        LoginError: the gate stays closed.
        NetError: the site does not answer.
    """
    url = typed(address)[0]
    name = http.gate.name if http.gate is not None else ""
    http.trust(url)
    bare.trust(url)
    answer = http.get(url, accept=_ACCEPT, attempts=2)
    closed = _closed(answer, url)
    if closed:
        hint = "Log in there with a browser once more, and save its cookies or headers."
        if origin(answer.url) != origin(url):
            hint = (
                f"It sends us to {origin(answer.url)}, where {name} is not sent: name that address instead."
            )
        raise LoginError(
            f"What {name} holds does not open {origin(url)}: {closed}.", hint=f"{hint} Nothing was pulled."
        )
    try:
        without = _closed(bare.get(url, accept=_ACCEPT, attempts=1), url)
    except NetError as error:
        without = str(error)
    if without:
        return f"{name} opens {origin(url)}, which is closed without ({without.rstrip('.')})."
    return f"{origin(url)} answers with {name} and without: whether it had an effect cannot be told."


def _closed(response: Response, url: str) -> str:
    """Why an answer is no open door; empty where it is one."""
    if response.blocked:
        return f"{response.blocked} refuses us (HTTP {response.status})"
    if response.status in (401, 403, 407):
        return f"HTTP {response.status}"
    if "wp-login.php" in response.url or origin(response.url).host.removeprefix("www.") != origin(
        url
    ).host.removeprefix("www."):
        return f"it sends us to {response.url.partition('?')[0]}"
    return ""
