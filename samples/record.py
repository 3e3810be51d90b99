"""Records the sample blog from a real WordPress: ``python -m samples.record`` (needs PHP and npm).

Starts WordPress (`tests.e2e.wordpress`), fills it with ``blog/seed.php`` and writes down what it says, in
``blog/recorded/``. The WordPress believes to live at http://blog.example, so no address has to be replaced
here; `wpexport.demo` puts the address of the running server in its place.

What is recorded of each row of a collection:

``view``      what anybody gets from the single route; null where it is refused
``refused``   the status and the error in that case
``unlocked``  what anybody gets who knows the post's password
``edit``      what an administrator gets with ``context=edit``
"""

from __future__ import annotations

import json
import re
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any, Final

import requests

from tests.e2e import blogs, wordpress

RECORDED: Final = blogs.BLOG / "recorded"
HOME: Final = "http://blog.example"
PORT: Final = 8179
PAGE: Final = 100

#: the collections whose rows are recorded: file name, route, what an administrator must say to see everything
COLLECTIONS: Final = {
    "posts": ("/wp/v2/posts", {"status": "any"}),
    "pages": ("/wp/v2/pages", {"status": "any"}),
    "recipes": ("/wp/v2/recipes", {"status": "any"}),
    "projects": ("/lighthouse/v1/projects", {"status": "any"}),
    "media": ("/wp/v2/media", {}),
    "blocks": ("/wp/v2/blocks", {"status": "any"}),
    "navigation": ("/wp/v2/navigation", {"status": "any"}),
    "comments": ("/wp/v2/comments", {"status": "any", "type": "all"}),
    "categories": ("/wp/v2/categories", {}),
    "tags": ("/wp/v2/tags", {}),
    "courses": ("/wp/v2/courses", {}),
    "workshops": ("/lighthouse/v1/workshops", {}),
    "users": ("/wp/v2/users", {}),
}
#: ``status=any`` leaves these out
ALSO: Final = {"posts": ["trash"], "pages": ["trash"], "projects": ["trash"], "recipes": ["trash"]}
#: routes whose whole answer is kept, as anybody and as an administrator, in both contexts
PLAIN: Final = ("/wp/v2/types", "/wp/v2/taxonomies", "/wp/v2/statuses", "/wp/v2/settings", "/wp/v2/menus")
PLAIN_VIEW: Final = ("/wp/v2/menu-items", "/wp/v2/menu-locations", "/wp/v2/users/me")
REFUSED_ONLY: Final = ("/wp/v2/templates", "/wp/v2/template-parts", "/wp/v2/plugins", "/wp/v2/themes")
REFUSED_ONLY_TOO: Final = ("/wp/v2/font-families", "/wp/v2/block-types", "/wp/v2/widgets", "/wp/v2/sidebars")
POST_FEEDS: Final = ("rss2", "atom", "rdf")
HEAD_LINK: Final = re.compile(
    r"<link\b[^>]*\brel=[\"'](?:alternate|canonical|shortlink|EditURI|pingback|https://api\.w\.org/)[\"'][^>]*>"
)
HEAD_OTHER: Final = re.compile(
    r"<title>.*?</title>|<meta\b[^>]*\bname=[\"'](?:generator|robots)[\"'][^>]*>", re.DOTALL
)


class Recorder:
    """Asks one WordPress and writes the answers below one folder."""

    def __init__(self, url: str, folder: Path) -> None:
        self.url = url
        self.folder = folder
        self.session = requests.Session()
        self.session.trust_env = False
        self.session.headers["Host"] = HOME.removeprefix("http://")

    def ask(self, path: str, *, admin: bool = False, **more: Any) -> requests.Response:
        """One request to the real server."""
        method = str(more.pop("method", "GET"))
        auth = blogs.ADMIN if admin else None
        return self.session.request(
            method, self.url + path, auth=auth, timeout=120, allow_redirects=False, **more
        )

    def rest(self, route: str, *, admin: bool = False, **parameters: Any) -> requests.Response:
        """One request to the REST API."""
        return self.ask("/wp-json" + route, admin=admin, params=parameters)

    def write_json(self, name: str, value: Any) -> None:
        """Write a JSON file for people to read and to compare."""
        text = json.dumps(value, indent=1, ensure_ascii=False)
        self.write(name + ".json", (text + "\n").encode())

    def write(self, name: str, body: bytes) -> None:
        """Write a file."""
        if not body:
            raise RuntimeError(f"WordPress said nothing for {name}: was it a redirect?")
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(body)

    # -- REST -------------------------------------------------------------------------------------

    def index(self) -> None:
        """The index of the API, without the routes that the sample does not answer."""
        index = self.rest("/").json()
        kept = [*(route for route, _ in COLLECTIONS.values()), *PLAIN, *PLAIN_VIEW, "/"]
        index["routes"] = {
            name: route
            for name, route in index["routes"].items()
            if name in kept or re.sub(r"/\(\?P<\w+>[^)]*\)$", "", name) in kept
        }
        self.write_json("index", index)

    def collection(self, name: str) -> list[dict[str, Any]]:
        """All rows of a collection, each in its faces."""
        route, everything = COLLECTIONS[name]
        rows: dict[int, Any] = {}
        for parameters in [everything, *({"status": status} for status in ALSO.get(name, []))]:
            answer = self.rest(route, admin=True, context="edit", per_page=PAGE, **parameters)
            answer.raise_for_status()
            if int(answer.headers["X-WP-Total"]) > PAGE:
                raise RuntimeError(f"{name}: more than {PAGE} rows, the recorder reads one page")
            rows.update({row["id"]: row for row in answer.json()})
        out = []
        for number, edit in sorted(rows.items()):
            row: dict[str, Any] = {"id": number}
            row.update(self.faces(route, number, edit))
            # From its own route: in a list, WordPress numbers ids (attachment_101-2) by what else is there.
            row["edit"] = self.rest(f"{route}/{number}", admin=True, context="edit").json()
            out.append(row)
        return out

    def faces(self, route: str, number: int, edit: dict[str, Any]) -> dict[str, Any]:
        """What anybody gets of one row."""
        answer = self.rest(f"{route}/{number}")
        faces: dict[str, Any] = (
            {"view": answer.json()} if answer.ok else {"view": None, "refused": answer.json()}
        )
        password = edit.get("password") or self.passwords.get(edit.get("post", 0))
        if password:
            faces["unlocked"] = self.rest(f"{route}/{number}", password=password).json()
        return faces

    def rest_api(self) -> None:
        """Everything the REST API says."""
        self.index()
        self.passwords: dict[int, str] = {}
        collections = {}
        for name in COLLECTIONS:
            collections[name] = self.collection(name)
            for row in collections[name]:
                if row["edit"].get("password"):
                    self.passwords[row["id"]] = row["edit"]["password"]
            self.write_json(name, collections[name])
        contexts = {}
        for name, (route, _) in COLLECTIONS.items():
            options = self.ask("/wp-json" + route, method="OPTIONS").json()
            contexts[name] = {
                key: contexts_of(value) for key, value in options["schema"]["properties"].items()
            }
        self.write_json("contexts", contexts)
        self.plain_answers()
        self.posts = [row for name in ("posts", "pages", "recipes", "projects") for row in collections[name]]
        self.media = collections["media"]
        self.terms = [
            row for name in ("categories", "tags", "courses", "workshops") for row in collections[name]
        ]
        self.users = collections["users"]

    def plain_answers(self) -> None:
        """Routes that are not paged."""
        answers: dict[str, Any] = {}
        for route in (*PLAIN, *PLAIN_VIEW, *REFUSED_ONLY, *REFUSED_ONLY_TOO):
            answers[route] = {"view": kept(self.rest(route))}
            if route in REFUSED_ONLY or route in REFUSED_ONLY_TOO:
                continue
            answers[route]["administrator"] = kept(self.rest(route, admin=True))
            if route in PLAIN:
                answers[route]["edit"] = kept(self.rest(route, admin=True, context="edit"))
        self.write_json("answers", answers)

    # -- feeds and pages --------------------------------------------------------------------------

    def feeds(self) -> None:
        """Whole feeds (WordPress' limit of ten is lifted by the blog's plugin), and every post's comments."""
        whole = {"X-Record-Whole-Feed": "1"}
        for kind in POST_FEEDS:
            answer = self.ask("/feed/" if kind == "rss2" else f"/feed/{kind}/", headers=whole)
            answer.raise_for_status()
            self.write(f"feeds/post.{kind}.xml", answer.content)
            for post_type in ("recipe", "project"):
                path = "/feed/" if kind == "rss2" else f"/feed/{kind}/"
                answer = self.ask(f"{path}?post_type={post_type}", headers=whole)
                answer.raise_for_status()
                self.write(f"feeds/{post_type}.{kind}.xml", answer.content)
        for kind in ("rss2", "atom"):
            answer = self.ask("/comments/feed/" if kind == "rss2" else "/comments/feed/atom/", headers=whole)
            answer.raise_for_status()
            self.write(f"feeds/comments.{kind}.xml", answer.content)
            for row in self.posts:
                name = "page_id" if row["edit"]["type"] == "page" else "p"
                path = row["view"]["link"].removeprefix(HOME) if row["view"] else f"/?{name}={row['id']}"
                path = (
                    f"{path}&feed={kind}"
                    if "?" in path
                    else path + ("feed/" if kind == "rss2" else "feed/atom/")
                )
                answer = self.ask(path, headers=whole)
                if answer.ok:
                    self.write(f"feeds/comments/{row['id']}.{kind}.xml", answer.content)
        answer = self.ask("/feed/")
        validators = {name: answer.headers[name] for name in ("Last-Modified", "ETag")}
        answer = self.ask("/comments/feed/")
        comments = {name: answer.headers[name] for name in ("Last-Modified", "ETag")}
        self.write_json("feeds/validators", {"posts": validators, "comments": comments})

    def pages(self) -> None:
        """The heads of all public pages, sitemaps and the like: what a client can find the API by."""
        links = ["/", "/nothing-here/"]
        for row in [*self.posts, *self.media, *self.terms, *self.users]:
            if row["view"]:
                links.append(row["view"]["link"].removeprefix(HOME))
        pages = {}
        for link in links:
            answer = self.ask(link)
            html = answer.text
            headers = {
                name: answer.headers[name] for name in ("Link", "Content-Type") if name in answer.headers
            }
            head = HEAD_OTHER.findall(html) + HEAD_LINK.findall(html)
            pages[link] = {"status": answer.status_code, "headers": headers, "head": head}
        self.write_json("html", pages)
        self.write("robots.txt", self.ask("/robots.txt").content)
        self.write("rsd.xml", self.ask("/xmlrpc.php?rsd").content)
        index = self.ask("/wp-sitemap.xml").content
        self.write("wp-sitemap.xml", index)
        for name in re.findall(rf"<loc>{HOME}/([^<]+)</loc>", index.decode()):
            self.write(name, self.ask("/" + name).content)


def contexts_of(schema: dict[str, Any]) -> Any:
    """In which contexts a property is shown; for an object also each of its own properties."""
    own = schema.get("context", [])
    if not schema.get("properties"):  # PHP writes an empty map as a list
        return own
    return {"": own, **{key: contexts_of(value) for key, value in schema["properties"].items()}}


def kept(answer: requests.Response) -> dict[str, Any]:
    """What is kept of an answer."""
    return {"status": answer.status_code, "body": answer.json()}


def record(folder: Path = RECORDED) -> None:
    """Start, fill, ask, write."""
    shutil.rmtree(folder, ignore_errors=True)
    with tempfile.TemporaryDirectory() as work, wordpress.start(work, PORT, home=HOME) as site:
        print(json.dumps(blogs.seed_sample(site), indent=1))
        recorder = Recorder(site.url, folder)
        recorder.rest_api()
        recorder.feeds()
        recorder.pages()
        uploads = site.root / "wp-content" / "uploads"
        shutil.copytree(uploads, folder / "uploads")


if __name__ == "__main__":
    try:
        record()
    except wordpress.CannotStart as problem:
        sys.exit(str(problem))
