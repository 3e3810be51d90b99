"""Which ways into a site are tried, and in which order."""

from __future__ import annotations

from collections.abc import Callable

from wpexport.errors import LoginError, SourceError
from wpexport.net import Http, Stopped, typed
from wpexport.sources.base import Source
from wpexport.sources.discover import RestClosed
from wpexport.sources.ladder import climb
from wpexport.sources.wpcom.detect import is_hosted


def open_best(http: Http, address: str) -> Source:
    """The best way into a site, with those that can fill its gaps.

    A third party is asked for sites of its own alone: WordPress.com for what it hosts, under whatever domain.

    Raises:
        SourceError: no way leads in; the error is that of the first way.
        LoginError: the login is refused or ignored.
        UsageError: the address cannot be meant.
    """
    from wpexport.sources.feed import open_feed
    from wpexport.sources.rest import open_rest
    from wpexport.sources.wpcom import open_hosted, open_wpcom

    openers: list[Callable[[], Source]] = [lambda: open_rest(http, address)]
    if is_hosted(typed(address)[0]):
        # A login of WordPress.com's is for its own API alone.
        openers.insert(0 if http.credentials else 1, lambda: open_wpcom(http, address))
    else:
        openers.append(lambda: open_hosted(http, address))
    openers.append(lambda: open_feed(http, address))
    errors: list[SourceError] = []
    for place, opener in enumerate(openers):
        try:
            source = opener()
            if http.credentials is not None and errors:
                raise LoginError(
                    f"The login of {http.credentials.name} could not be used. {errors[0]}",
                    hint=errors[0].hint,
                )
            return climb(source, openers[place + 1 :])
        except Stopped:
            raise
        except SourceError as failure:
            errors.append(failure)
    raise _both(errors[0], errors[-1])


def _both(rest: SourceError, feed: SourceError) -> SourceError:
    """The first way's error; where that is a closed API, the feeds' too, so that nobody is sent to them."""
    if not isinstance(rest, RestClosed) or isinstance(feed, RestClosed):
        return rest
    own = rest.hint != RestClosed.default_hint
    return RestClosed(
        f"{rest} {feed}", hint=rest.hint if own else "With a login the API may be open: --user NAME."
    )
