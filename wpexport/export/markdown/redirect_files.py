"""The map of old addresses in the languages of web servers.

In all of them an address that the built site has is served as it is; the rest is looked up. Further pages,
comment pages and feeds of whatever leads somewhere lead there too, by a pattern, so that they need no line
each. nginx and Apache are asked in ``tests/e2e/test_redirects.py``; Netlify's and Cloudflare's rules are from
their documentation (``docs.netlify.com``, Redirects and rewrites; ``developers.cloudflare.com``, Pages).
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence

from wpexport.export.markdown.redirects import Redirect, encoded
from wpexport.export.starters.extras import Extra

#: what WordPress puts behind an address: feeds, further pages, comment pages, embeds
_TAIL = r"(?:feed(?:/[a-z0-9]+)?|page/\d+|comment-page-\d+|\d{1,3}|embed|amp|trackback)"
_HAS_TAIL = re.compile(rf"(.*?)/{_TAIL}\Z")
#: query variables of which one number space is asked
_NUMBERS = ("p", "page_id", "attachment_id")
#: where a generator takes files that go to the root of the site as they are
_ROOTS = {"hugo": "static/", "zola": "static/"}
_PLAIN = re.compile(r"[A-Za-z0-9/_~-]")


def redirect_files(
    kinds: Sequence[str], redirects: Sequence[Redirect], home: str, generator: str
) -> Iterator[Extra]:
    """Write the map.

    Args:
        kinds: of `wpexport.export.markdown.redirects.KINDS`.
        redirects: all old addresses.
        home: the path of the front page, without the slash at the end.
        generator: whose folder for files of the root is used; else they lie in ``redirects/``.
    """
    root = _ROOTS.get(generator, "redirects/")
    moved = [one for one in redirects if one.new and not one.kept]
    if "csv" in kinds:
        yield Extra("redirects/redirects.csv", as_csv(redirects))
    if "netlify" in kinds:
        yield Extra(f"{root}_redirects", as_netlify(moved, redirects, home))
    if "apache" in kinds:
        yield Extra(f"{root}.htaccess", as_apache(moved, home))
    if "nginx" in kinds:
        yield Extra("redirects/nginx-maps.conf", nginx_maps(moved, home))
        yield Extra("redirects/nginx-server.conf", _NGINX_SERVER.encode())


def as_csv(redirects: Sequence[Redirect]) -> bytes:
    """Every old address: kept, or led on by a page of the generator's (200), moved (301), nowhere (404)."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["old", "new", "status", "kind"])
    for one in redirects:
        status = "200" if one.kept or one.kind == "alias" else "301" if one.new else "404"
        writer.writerow([one.old, one.new, status, one.kind])
    return out.getvalue().encode()


def _steps(moved: Sequence[Redirect], home: str) -> tuple[dict[str, str], dict[str, str]]:
    """Paths that are looked up as they are, and those that are looked up without their tail."""
    plain = {one.path: one.new for one in moved if not one.query and one.kind != "date"}
    whole: dict[str, str] = {}
    # The front page's own further pages and unknown feeds.
    part: dict[str, str] = {home: encoded(home) + "/"}
    for path, new in plain.items():
        tail = _HAS_TAIL.match(path)
        if tail is None:
            part[path] = new
        # What the pattern does anyway needs no line.
        elif new != plain.get(tail[1], encoded(tail[1]) + "/"):
            whole[path] = new
    return whole, part


def _queries(moved: Sequence[Redirect]) -> dict[str, dict[str, str]]:
    """Query variable (``p`` for all numbers of posts) to value to address."""
    result: dict[str, dict[str, str]] = {}
    for one in moved:
        if one.query and one.kind != "date":
            name, value = one.query
            result.setdefault("p" if name in _NUMBERS else name, {})[value] = one.new
    return result


def _years(moved: Sequence[Redirect]) -> tuple[list[str], str]:
    """The years that have lists of posts by date, and where all of these lead."""
    dates = [one for one in moved if one.kind == "date" and one.query]
    return sorted({one.query[1][:4] for one in dates if one.query}), dates[0].new if dates else ""


# -- Netlify, Cloudflare Pages ----------------------------------------------------------------------


def as_netlify(moved: Sequence[Redirect], redirects: Sequence[Redirect], home: str) -> bytes:
    """``_redirects``: the first rule that fits is taken; where the site has a file, only one with ``!``."""
    lines = [
        "# Old addresses of the blog. Netlify understands all of it; Cloudflare Pages passes over the rules",
        "# with a query (?p=12) and takes 2,000 lines.",
    ]
    for one in moved:
        if one.query:
            name, value = one.query
            lines.append(f"{encoded(home)}/ {name}={encoded(value)} {one.new} 301!")
    whole, part = _steps(moved, home)
    pages = {one.path: one.new for one in moved if one.kind == "page"}
    lines += [f"{encoded(path)} {new} 301" for path, new in (whole | part | pages).items() if path != home]
    depths = {one.path.count("/") for one in redirects if not one.query and not _HAS_TAIL.match(one.path)}
    for depth in sorted(depths - {0}, reverse=True):
        stem = "".join(f"/:p{number}" for number in range(1, depth + 1))
        lines += [f"{stem}/{tail}/* {stem}/ 301" for tail in ("feed", "page")]
    # Below what moved there is nothing else: longer paths first.
    below = [one for one in moved if one.kind in {"author", "term", "type"} and not one.query]
    below.sort(key=lambda one: (-one.path.count("/"), one.path))
    lines += [f"{encoded(one.path)}/* {one.new} 301" for one in below if one.path != home]
    years, new = _years(moved)
    lines += [f"{encoded(home)}/{year}/* {new} 301" for year in years]
    return ("\n".join(lines) + "\n").encode()


# -- nginx ------------------------------------------------------------------------------------------

_NGINX_SERVER = """\
# Inside server { }, which has "root" and "index index.html;" and nothing else about errors 403 and 404:
#     include /path/to/nginx-server.conf;
# and, outside of it, nginx-maps.conf.

if ($wpexport_asked) {
    return 301 $wpexport_asked;
}

# What the site has is served; only for the rest the old addresses are looked up.
error_page 403 404 @wpexport;

location @wpexport {
    if ($wpexport_moved) {
        return 301 $wpexport_moved;
    }
    try_files /404.html =404;
}
"""


def nginx_maps(moved: Sequence[Redirect], home: str) -> bytes:
    """The maps, for the ``http`` context."""
    whole, part = _steps(moved, home)
    queries = _queries(moved)
    longest = max((len(text.encode()) for one in moved for text in (one.path, one.new)), default=0)
    bucket = next(
        size for size in (128, 256, 512, 1024, 2048, 4096, 8192) if size > longest + 32 or size == 8192
    )
    lines = [
        "# Old addresses of the blog, for nginx. Inside http { }, outside of server { }:",
        "#     include /path/to/nginx-maps.conf;",
        "# Where nginx.conf has these two already, keep the larger ones there and remove them here.",
        f"map_hash_bucket_size {bucket};",
        f"map_hash_max_size {max(2048, 2 * len(moved))};",
        "",
    ]
    fronts = {f"{home}{ending}": "1" for ending in ("/", "/index.php")}
    lines += _map("$uri", "front", fronts, default="0")
    years, everything = _years(moved)
    last = '""'
    if years:
        dates = {f"~^1:(?:{'|'.join(years)})\\d{{0,4}}$": everything}
        lines += _map('"$wpexport_front:$arg_m"', "asked_m", dates, default=last, patterns=True)
        last = "$wpexport_asked_m"
    for name, values in sorted(queries.items(), reverse=True):
        both = [(key, new) for value, new in values.items() for key in dict.fromkeys((value, encoded(value)))]
        variable = "asked_" + re.sub(r"[^a-z0-9]", "_", name)
        if re.fullmatch(r"[a-z0-9_]+", name):
            asked = "".join(f"$arg_{each}" for each in _NUMBERS) if name == "p" else f"$arg_{name}"
            keys = {f"1:{value}": new for value, new in both}
            lines += _map(f'"$wpexport_front:{asked}"', variable, keys, default=last)
        else:
            # $arg_ knows no dashes.
            keys = {f"~*^1:(?:.*&)?{_literal(name)}={_literal(value)}(?:&|$)": new for value, new in both}
            lines += _map('"$wpexport_front:$args"', variable, keys, default=last, patterns=True)
        last = f"$wpexport_{variable}"
    lines += [f"map $uri $wpexport_asked {{ default {last}; }}", ""]
    # Raw for the last one: what was decoded must not get into a header.
    here = _literal(home)
    lines += [
        'map $uri $wpexport_path { default $uri; "~^(?<wpexport_p>.*?)/?$" $wpexport_p; }',
        "map $wpexport_path $wpexport_stem {",
        f'    default $wpexport_path; "~^(?<wpexport_s>.*?)/{_TAIL}$" $wpexport_s;',
        "}",
        f'map $request_uri $wpexport_tailless {{ default ""; '
        f'"~^(?<wpexport_t>{here}/[^/?\\x5c][^?\\x5c]*?)/{_TAIL}/?(?:\\?.*)?$" $wpexport_t/; }}',
        "",
    ]
    lines += _map("$wpexport_stem", "part", part, default="$wpexport_tailless")
    lines += _map("$wpexport_path", "whole", whole, default="$wpexport_part")
    if years:
        dates = {f"~{_dates(f'{here}/', years)}": everything}
        lines += _map("$uri", "moved", dates, default="$wpexport_whole", patterns=True)
    else:
        lines += ["map $uri $wpexport_moved { default $wpexport_whole; }", ""]
    return "\n".join(lines).encode()


def _map(
    source: str, name: str, entries: Mapping[str, str], *, default: str, patterns: bool = False
) -> list[str]:
    """One map. nginx compares without case, so what differs by case only becomes a pattern."""
    same: dict[str, list[str]] = {}
    for key in entries:
        same.setdefault(_lower(key), []).append(key)
    lines = [f"map {source} $wpexport_{name} {{", f"    default {default};"]
    for keys in same.values():
        for key in keys:
            pattern = len({entries[each] for each in keys}) > 1
            if pattern or key == keys[0]:
                old = key if patterns else f"~^{_literal(key)}$" if pattern else _quoted(key)
                lines.append(f'    "{old}" "{entries[key]}";')
    return [*lines, "}", ""]


def _dates(start: str, years: Sequence[str]) -> str:
    """A pattern for the lists of posts by date."""
    return f"^{start}(?:{'|'.join(years)})(?:/\\d{{2}}){{0,2}}(?:/{_TAIL})?/?$"


def _lower(text: str) -> str:
    """As nginx does: letters of ASCII only."""
    return re.sub("[A-Z]", lambda found: found[0].lower(), text)


def _quoted(text: str) -> str:
    """A key between double quotes."""
    return text.replace("\\", "\\\\").replace('"', '\\"')


def _literal(text: str) -> str:
    """A text as a pattern that means itself, free of all that a configuration file could take amiss."""
    return "".join(
        char if _PLAIN.match(char) or not char.isascii() else f"\\x{ord(char):02x}" for char in text
    )


# -- Apache -----------------------------------------------------------------------------------------


def as_apache(moved: Sequence[Redirect], home: str) -> bytes:
    """``.htaccess`` for the root of the site; needs mod_rewrite and ``AllowOverride FileInfo``."""
    whole, part = _steps(moved, home)
    asked = [
        line
        for name, values in sorted(_queries(moved).items())
        for value, new in values.items()
        for line in _asked(name, value, new)
    ]
    years, everything = _years(moved)
    if years:
        asked.append(f'RewriteCond %{{QUERY_STRING}} "(?:^|&)m=(?:{"|".join(years)})\\d{{0,4}}(?:&|$)"')
        asked.append(_rule("^", everything))
    front = f"^{_literal(home)}/(?:index\\.php)?$"
    lines = [
        "# Old addresses of the blog, for Apache: .htaccess in the root of the site.",
        "# In a large site these lines are faster in the server's configuration, in a <Directory> section.",
        "RewriteEngine On",
        "",
        f'RewriteCond %{{REQUEST_URI}} "!{front}" [OR]',
        'RewriteCond %{QUERY_STRING} "^$"',
        f"RewriteRule ^ - [S={len(asked) // 2}]",
        *asked,
        "",
        "# What the site has is served.",
        "RewriteCond %{REQUEST_FILENAME} -f [OR]",
        "RewriteCond %{REQUEST_FILENAME}/index.html -f",
        'RewriteCond %{PATH_INFO} "^$"',
        "RewriteRule ^ - [L]",
        "",
    ]
    cut = len(home) + 1
    for path, new in whole.items():
        lines.append(_rule(f"^{_literal(path[cut:])}/?$", new))
    for path, new in part.items():
        start = _literal(path[cut:])
        tail = f"(?:/{_TAIL})?/?$" if start else f"{_TAIL}/?$"
        lines.append(_rule(f"^{start}{tail}", new))
    if years:
        lines.append(_rule(_dates("", years), everything))
    prefix = encoded(home).replace("%", "\\%")
    lines.append(f'RewriteRule "^([^/\\x5c].*?)/{_TAIL}/?$" "{prefix}/$1/" [R=301,L,QSD]')
    return ("\n".join(lines) + "\n").encode()


def _asked(name: str, value: str, new: str) -> Iterator[str]:
    names = f"(?:{'|'.join(_NUMBERS)})" if name == "p" else _literal(name)
    values = dict.fromkeys((_literal(value), _literal(encoded(value))))
    yield f'RewriteCond %{{QUERY_STRING}} "(?:^|&){names}=(?:{"|".join(values)})(?:&|$)" [NC]'
    yield _rule("^", new)


def _rule(pattern: str, new: str) -> str:
    # A percent sign before a digit would be a part of the condition.
    target = new.replace("%", "\\%")
    return f'RewriteRule "{pattern}" "{target}" [R=301,L,NE,QSD]'
