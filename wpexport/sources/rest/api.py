"""Asking the REST API: every failure becomes a judged answer; a mangled form of URL is exchanged."""

from __future__ import annotations

import itertools
import threading
from collections import Counter
from collections.abc import Callable, Mapping

from wpexport.net import JSON, Http, NetError, Params
from wpexport.net.failures import Stopped
from wpexport.sources.base import Exchange, counted
from wpexport.sources.rest.answer import Answer, failed, judge
from wpexport.sources.rest.root import Root

#: a parameter that no cache has seen, and that WordPress ignores (WP-API/WP-API 2506)
BUST = "_wpexport"
#: how often something is asked once more without ``_fields``, until that is known to be of no use
_TRIES = 3


class Api:
    """One site's REST API.

    Args:
        http: its pace and patience.
        root: where the API is.
        home: the site's front page, for other forms of the root.
    """

    def __init__(self, http: Http, root: Root, home: str) -> None:
        self.http = http
        self.root = root
        self._others = root.others(home)
        #: send ``_envelope=1``: something on the way strips the headers with the totals
        self.envelope = False
        self._bust = False
        #: leave ``_fields`` out: a firewall takes it for an attack; None while that is not known
        self._plain: bool | None = None
        self._vain = 0
        self._counter = itertools.count(1)
        #: what had to be mended in answers: phrase -> how often
        self.repairs: Counter[str] = Counter()
        self._lock = threading.Lock()

    def ask(
        self,
        route: str,
        params: Params | None = None,
        *,
        rows: bool | None = None,
        login: bool = False,
        attempts: int | None = None,
        method: str = "GET",
    ) -> Answer:
        """Ask a route and judge the answer. Raises nothing that is about the answer.

        Raises:
            Stopped: the client was closed.
        """
        query: dict[str, str | int] = dict(params or {})
        if self._plain:
            query.pop("_fields", None)
        answer = self._ask(route, query, rows, login, attempts, method)
        # Another worker may have learned it while this one was waiting.
        worth = self._plain or (self._plain is None and self._vain < _TRIES)
        if worth and "_fields" in query and by_firewall(answer):
            del query["_fields"]
            again = self._ask(route, query, rows, login, 1, method)
            self._vain += 1
            if again.usable:
                self._plain = True
                return again
        elif answer.usable and "_fields" in query:
            self._plain = False
        return answer

    def _ask(
        self,
        route: str,
        params: Params,
        rows: bool | None,
        login: bool,
        attempts: int | None,
        method: str,
    ) -> Answer:
        query = dict(params)
        if self.envelope:
            query["_envelope"] = 1
        if self._bust:
            query[BUST] = next(self._counter)
        url = self.root.join(route, query)
        try:
            response = self.http.get(url, accept=JSON, login=login, attempts=attempts, method=method)
        except Stopped:
            raise
        except NetError as error:
            return failed(error)
        answer = judge(response, rows=rows)
        if answer.usable and answer.repaired:
            with self._lock:
                for phrase in answer.repaired.split(", "):
                    kind, number = counted(phrase)
                    self.repairs[kind] += number
        return answer

    def switch_form(self, route: str, *, login: bool = False) -> bool:
        """Go on with another form of the root's address that answers a route; False when all were tried."""
        before = self.root
        while self._others:
            self.root = self._others.pop(0)
            if self.ask(route, {"per_page": 1, "_fields": "id"}, rows=True, login=login, attempts=1).usable:
                return True
        self.root = before
        return False

    def envelop(self, ask: Callable[[], Answer]) -> int | None:
        """Ask for headers in the body from now on, if that brings a total where something strips it.

        See core ``WP_REST_Server::envelope_response``.
        """
        self.envelope = True
        again = ask()
        if not again.usable or again.total is None:
            self.envelope = False
            return None
        return again.total

    def bust_caches(self) -> bool:
        """Make every address unique from now on; False when they are already."""
        already, self._bust = self._bust, True
        return not already


def by_firewall(answer: Answer) -> bool:
    """Whether the address itself may be what a firewall refuses: not WordPress, and nobody who is known.

    Apache's mod_security dislikes long queries, and names that begin with an underscore.
    """
    who = answer.response.blocked if answer.response is not None else None
    return answer.status in (403, 406, 414) and not answer.code and who in (None, "mod_security")


def exchange(answer: Answer) -> Exchange | None:
    """The answer as it came, for the raw journal."""
    response = answer.response
    if response is None:
        return None
    return Exchange(response.url, response.time, response.status, response.body, response.login)


def merged(*parts: Mapping[str, str | int]) -> dict[str, str | int]:
    """Parameters put together; the later win."""
    return {k: v for part in parts for k, v in part.items()}
