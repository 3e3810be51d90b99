"""What each command asks its use case for, and what it says of the result."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.cli.terminal import Terminal, lost
from tests.ops.blogs import MemorySource, comment, post
from wpexport.archive.check import Finding
from wpexport.archive.format import Settings
from wpexport.errors import Exit
from wpexport.export.base import Notice
from wpexport.export.registry import ABOUT, names
from wpexport.model import Coverage, encode_pretty
from wpexport.ops.events import Exported, Moved, Warned
from wpexport.ops.pull import PullOptions, pull


def cover(label: str = "Posts", **fields: Any) -> Coverage:
    return Coverage(collection=label.lower(), label=label, way="rest", **fields)


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    """An archive of a small blog, pulled twice."""
    source = MemorySource(posts=[post(1), post(2)], comments=[comment(1, 1)])
    for _ in range(2):
        list(pull(tmp_path / "blog", source.home, lambda: source, PullOptions()))
    return tmp_path / "blog"


# -- pull ---------------------------------------------------------------------------------------------------


def test_pull_says_what_came_and_what_to_do_next(terminal: Terminal) -> None:
    terminal.pulls(terminal.found(), Moved("posts", "Posts", 12, 12, last=True), terminal.pulled())
    said = terminal.run("pull", "https://example.org")
    assert said.exit_code == 0
    assert said.stderr.splitlines() == ["Reading A blog (https://example.org/)", "Posts: 12"]
    assert said.stdout.splitlines() == [
        "A blog",
        "  Posts  12",
        "All 12 are new.",
        "No visitor can see, so not here (a login shows more: --user NAME):",
        "  drafts and private posts",
        "The archive is in my-blog",
        "Next: wpexport export my-blog my-blog-site --to markdown",
    ]


def test_pull_names_what_is_missing_and_ends_with_3(terminal: Terminal) -> None:
    terminal.pulls(
        terminal.pulled(
            Exit.INCOMPLETE,
            cover(received=90, added=90, lost=[lost(number) for number in range(10)]),
            cover("Comments", closed="the server answered 401"),
            cover("Media", received=3, unchanged=3, withheld=2),
        )
    )
    said = terminal.run("pull", "https://example.org")
    assert said.exit_code == 3
    assert (
        "  Posts     90  10 missing\n  Comments   -  could not be read\n  Media      3  2 withheld\n"
        in said.stdout
    )
    assert (
        "  Comments could not be read: the server answered 401.\n  Posts 0: the server answered 500\n"
        in said.stdout
    )
    assert "  and 2 more; all are in my-blog/runs/2026-11-22T135300Z.json\n" in said.stdout
    assert "  If that is gone for good: wpexport pull my-blog --accept all\n" in said.stdout
    assert "90 new, 0 changed, 3 as before.\n" in said.stdout
    assert (
        "Withheld: the site counts 2 under Media and shows them to nobody; they are not lost.\n"
        in said.stdout
    )
    assert "To try again what is missing: wpexport pull my-blog\n" in said.stdout


def test_what_was_accepted_is_counted_and_no_longer_named(terminal: Terminal) -> None:
    terminal.pulls(
        terminal.pulled(
            Exit.DONE,
            cover(received=9, changed=3, rendered=1, vanished=2, lost=[lost(1)], accepted=["posts/post:1"]),
        )
    )
    said = terminal.run("pull", "https://example.org")
    assert "Missing, and accepted by you: 1.\n" in said.stdout
    assert "answered 500" not in said.stdout
    words = "0 new, 2 changed, 1 rendered differently, 2 vanished from the site and kept, 0 as before."
    assert words in said.stdout


def test_a_single_loss_is_accepted_by_its_name(terminal: Terminal) -> None:
    terminal.pulls(terminal.pulled(Exit.INCOMPLETE, cover(received=9, lost=[lost(1)])))
    assert "--accept posts/post:1\n" in terminal.run("pull", "https://example.org").stdout


def test_a_site_that_shrank_ends_with_6(terminal: Terminal) -> None:
    terminal.pulls(terminal.pulled(Exit.SHRUNKEN))
    said = terminal.run("pull", "-q", "https://example.org")
    assert said.exit_code == 6
    assert "If it really became that small: wpexport pull my-blog --accept shrunken\n" in said.stdout


def test_a_dry_run_says_what_would_come(terminal: Terminal) -> None:
    terminal.pulls(terminal.found(), terminal.pulled(dry_run=True))
    said = terminal.run("pull", "-n", "https://example.org")
    assert "  Posts     12\n  Comments   -  cannot be read: the server answered 401\n" in said.stdout
    assert "Nothing was pulled: this was a dry run." in said.stdout


@pytest.mark.parametrize(
    ("source", "folder"),
    [
        ("https://example.org", "example.org"),
        ("example.org", "example.org"),
        ("https://Example.ORG/2021/10/hello/", "example.org"),
        ("http://127.0.0.1:8080/blog", "127.0.0.1_8080"),
    ],
)
def test_an_archive_is_named_for_the_site(terminal: Terminal, source: str, folder: str) -> None:
    terminal.pulls(terminal.pulled())
    terminal.run("pull", source)
    assert terminal.called[0] == Path(folder)
    assert terminal.called[1] == source


def test_options_reach_the_pull(terminal: Terminal, tmp_path: Path) -> None:
    terminal.pulls(terminal.pulled())
    words = ["--media", "used", "--media-from", str(tmp_path), "--limit", "5", "--dry-run", "--via", "rest"]
    words += ["--full", "--full-every", "7", "--accept", "a", "--accept", "b"]
    words += ["--sweep-every", "3", "--forget-vanished", "90d"]
    terminal.run("pull", "https://example.org", "there", "--jobs", "4", *words, "--max-size", "20M")
    root, _, _, options, fetcher = terminal.called
    assert (options.full, options.full_every.days, options.accept) == (True, 7, frozenset({"a", "b"}))
    assert (options.sweep_every.days, options.forget_vanished.days) == (3, 90)
    assert root == Path("there")
    assert (options.media.which, options.media.local, options.media.jobs) == ("used", tmp_path, 4)
    assert (options.limit, options.dry_run, options.via) == (5, True, "rest")
    assert fetcher._max_size == 20 * 1024 * 1024


def settings(folder: Path, **fields: Any) -> None:
    folder.mkdir()
    made = Settings(source="https://example.org", home="https://example.org/", **fields)
    (folder / "wpexport.json").write_bytes(encode_pretty(made))


def test_a_bare_archive_repeats_what_it_pulls(terminal: Terminal, tmp_path: Path) -> None:
    settings(tmp_path / "blog", media="none")
    terminal.pulls(terminal.pulled())
    said = terminal.run("pull", "blog")
    assert said.exit_code == 0
    root, address, _, options, _ = terminal.called
    assert (root, address, options.media.which) == (Path("blog"), "https://example.org", "none")
    terminal.run("pull", "blog", "--media", "all")
    assert terminal.called[3].media.which == "all"


def test_a_folder_that_is_no_archive_is_refused(terminal: Terminal, tmp_path: Path) -> None:
    (tmp_path / "photos").mkdir()
    assert terminal.run("pull", "photos").exit_code == Exit.NO_ARCHIVE


def test_an_archive_is_not_pulled_into_another(terminal: Terminal, tmp_path: Path) -> None:
    settings(tmp_path / "blog")
    said = terminal.run("pull", "blog", "other")
    assert said.exit_code == Exit.USAGE
    assert "wpexport pull blog" in said.stderr


EXPORT = """<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"
  xmlns:wp="http://wordpress.org/export/1.2/"><channel><title>A blog</title><link>https://blog.example</link>
<wp:wxr_version>1.2</wp:wxr_version><wp:base_blog_url>https://blog.example</wp:base_blog_url>
<item><title>Hello</title><link>https://blog.example/hello/</link>
<content:encoded><![CDATA[<p>Hi</p>]]></content:encoded>
<wp:post_id>NUMBER</wp:post_id><wp:post_type>post</wp:post_type><wp:status>publish</wp:status></item>
</channel></rss>
"""


def test_export_files_are_pulled_into_one_archive(
    terminal: Terminal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for number in (3, 4):
        (tmp_path / f"part-{number}.xml").write_text(EXPORT.replace("NUMBER", str(number)))
    said = terminal.run("pull", "part-3.xml", "part-4.xml", "blog", "--media", "none")
    assert said.exit_code == Exit.DONE, said.output
    assert sorted(path.name for path in (tmp_path / "blog/data/posts/000").iterdir()) == ["3.json", "4.json"]
    alone = terminal.run("pull", "part-3.xml", "--media", "none")
    assert alone.exit_code == Exit.DONE
    assert (tmp_path / "part-3/data/posts/000/3.json").exists()
    wrong = terminal.run("pull", "part-3.xml", "nothing.xml", "blog")
    assert wrong.exit_code == Exit.USAGE
    assert "nothing.xml is no file" in wrong.stderr


def test_an_address_with_a_password_in_it_is_refused(terminal: Terminal) -> None:
    said = terminal.run("pull", "https://ana:secret@example.org")
    assert said.exit_code == Exit.USAGE
    assert "secret" not in said.output


# -- probe --------------------------------------------------------------------------------------------------


def test_probe_shows_the_whole_picture(terminal: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    from wpexport.model import Site
    from wpexport.ops.probe import Probe, Seen

    picture = Probe(
        "example.org",
        Site(home="https://example.org/", name="A \x1bblog"),
        "rest",
        version="7.1",
        hosting=["Cloudflare"],
        refused={"feed": "There is none."},
        collections=[
            Seen("posts/post", "Posts", "rest", 1200),
            Seen("comments", "Comments", "feed", None, "the API refuses them"),
            Seen("authors", "Authors", None, None, "refused", "a security plugin"),
        ],
        login_adds=["drafts"],
    )
    monkeypatch.setattr("wpexport.cli.commands.probe.probe", lambda http, source, via: picture)
    said = terminal.run("probe", "example.org")
    assert said.stdout.splitlines() == [
        "No visitor can see, so not here (a login shows more: --user NAME):",
        "  drafts",
        "A \\x1bblog, https://example.org/",
        "  WordPress    7.1",
        "  read by      rest",
        "  behind       Cloudflare",
        "  Posts     1,200  by rest",
        "  Comments      ?  by feed, since by the API: the API refuses them",
        "  Authors       -  closed (by a security plugin): refused",
        "Not by feed: There is none.",
        "Next: wpexport pull example.org",
    ]
    row = json.loads(terminal.run("probe", "--json", "example.org").stdout)
    assert (row["type"], row["way"], len(row["collections"])) == ("summary", "rest", 3)


# -- check, info, log ---------------------------------------------------------------------------------------


def test_check_names_what_is_wrong_worst_first(terminal: Terminal) -> None:
    from wpexport.ops.events import Checked

    findings = [
        Finding("note", "orphans", "data/comments", "2 comments answer others."),
        Finding("error", "checksum", "data/a", "data/a\x1b is damaged.", "Pull again."),
        Finding("loss", "interrupted", "blog", "The last run was interrupted."),
    ]
    terminal._set("check", [*findings, Checked(Path("blog"), Exit.DAMAGED, {"posts": 1200}, findings)])
    said = terminal.run("check", "blog")
    assert said.stdout.splitlines() == [
        "Damaged: data/a\\x1b is damaged. Pull again.",
        "Missing: The last run was interrupted.",
        "Note: 2 comments answer others.",
        "The archive is damaged. Looked at 1,200 posts of all types.",
        "Next: wpexport pull blog",
    ]
    assert said.exit_code == 12


def test_check_counts_notes_of_which_there_are_many(terminal: Terminal) -> None:
    from wpexport.ops.events import Checked

    findings = [Finding("note", "rendered", str(n), f"Posts {n} is rendered otherwise.") for n in range(30)]
    findings += [Finding("loss", "differs", str(n), f"Posts {n} differs.") for n in range(30)]
    terminal._set("check", [*findings, Checked(Path("blog"), Exit.INCOMPLETE, {}, findings)])
    lines = terminal.run("check", "blog").stdout.splitlines()
    assert sum(line.startswith("Missing:") for line in lines) == 30
    assert sum(line.startswith("Note:") for line in lines) == 8
    assert "And 22 findings of the same kinds; --json names each." in lines


def test_a_whole_archive_is_called_whole(terminal: Terminal, archive: Path) -> None:
    said = terminal.run("check", str(archive))
    assert said.exit_code == 0
    assert "The archive is whole." in said.stdout


def test_info_begins_with_what_no_visitor_can_see(terminal: Terminal, archive: Path) -> None:
    run = next(iter(sorted((archive / "runs").glob("*.json"), reverse=True)))
    body = json.loads(run.read_text())
    body["invisible"] = ["drafts"]
    run.write_text(json.dumps(body))
    said = terminal.run("info", str(archive))
    lines = said.stdout.splitlines()
    assert lines[:3] == [
        "No visitor can see, so not here (a login shows more: --user NAME):",
        "  drafts",
        "A blog, https://blog.example",
    ]
    assert "On disk: " in said.stdout
    assert "Last of 2 pulls:" in said.stdout
    assert said.exit_code == 0


def test_info_in_json_is_one_summary(terminal: Terminal, archive: Path) -> None:
    rows = [json.loads(line) for line in terminal.run("info", "--json", str(archive)).stdout.splitlines()]
    assert [row["type"] for row in rows] == ["summary"]
    assert rows[0]["site"]["name"] == "A blog"
    assert len(rows[0]["runs"]) == 2


@pytest.mark.parametrize("name", ["post:1", "posts:1", "1"])
def test_a_record_may_be_named_in_the_singular(terminal: Terminal, archive: Path, name: str) -> None:
    assert "title: Post 1" in terminal.run("log", str(archive), name).stdout


def test_what_no_record_is_called_by_is_answered_with_the_kinds(terminal: Terminal, archive: Path) -> None:
    said = terminal.run("log", str(archive), "page:1")
    assert said.exit_code == Exit.USAGE
    assert "posts, media, comments, terms or authors; pages are posts, too." in said.stderr


def test_a_name_that_nothing_is_missing_by_is_said_to_be_unknown(terminal: Terminal, archive: Path) -> None:
    source = MemorySource(posts=[post(1), post(2)], comments=[comment(1, 1)])
    options = PullOptions(accept=frozenset({"posts/pots:3", "posts/post", "all"}))
    events = list(pull(archive, source.home, lambda: source, options))
    assert [e.text for e in events if isinstance(e, Warned)] == [
        "Nothing is missing that is called 'posts/pots:3'."
    ]


def test_info_says_how_old_is_what_a_login_saw(terminal: Terminal, archive: Path) -> None:
    first, last = sorted((archive / "runs").glob("*.json"))
    for path, login in ((first, True), (last, False)):
        body = json.loads(path.read_text())
        body |= {"login": login, "invisible": [] if login else ["drafts"]}
        path.write_text(json.dumps(body))
    lines = terminal.run("info", str(archive)).stdout.splitlines()
    when = json.loads(first.read_text())["started"][:16].replace("T", " ")
    assert lines[:2] == [
        f"No visitor can see, so here as a login last saw it, {when} UTC:",
        "  drafts",
    ]


def test_log_tells_each_pull_the_newest_first(terminal: Terminal, archive: Path) -> None:
    said = terminal.run("log", str(archive))
    news = [line for line in said.stdout.splitlines() if "new" in line and "  Posts" not in line]
    assert "Nothing is new" in news[0]
    assert len(terminal.run("log", "-n", "1", str(archive)).stdout) < len(said.stdout)
    rows = [json.loads(line) for line in terminal.run("log", "--json", str(archive)).stdout.splitlines()]
    assert [row["type"] for row in rows] == ["run", "run", "summary"]


# -- export -------------------------------------------------------------------------------------------------


def test_export_says_what_it_wrote_and_left_out(terminal: Terminal) -> None:
    terminal.exports(
        Exported(
            out=Path("site"),
            exit_code=Exit.DONE,
            posts=1,
            comments=20,
            files=1300,
            written=12,
            unchanged=1309,
            kept=[f"posts/{number}.md" for number in range(10)],
            notices={"html-left": 3, "new-kind": 1},
            left_out={"drafts": 2, "menu items": 3, "private": 1, "spam": 4, "held": 0},
        )
    )
    said = terminal.run("export", "blog", "site")
    assert said.stdout.splitlines() == [
        "1 text, 20 comments and 1,300 files are in site",
        "12 written, 1,309 as before.",
        "Kept as you edited them (--overwrite replaces them):",
        *(f"  posts/{number}.md" for number in range(8)),
        "  and 2 more",
        "To look at (--json names each):",
        "  pieces of HTML that Markdown cannot say, left as they are  3",
        "  new-kind                                                   1",
        "Left out: 2 drafts, 3 menu items, 1 private, 4 spam. To have them: --include drafts,private",
    ]


@pytest.mark.parametrize(
    ("names", "files", "place"),
    [
        (["x.xml"], 1, "to/x.xml"),
        (["x.xml"], 4, "to/x.xml, and to/uploads"),
        (["x-001.xml", "x-002.xml"], 2, "to/x-001.xml to x-002.xml"),
        (["x-001.xml", "x-002.xml"], 9, "to/x-001.xml to x-002.xml, and to/uploads"),
    ],
)
def test_export_names_the_files_that_it_wrote(
    terminal: Terminal, names: list[str], files: int, place: str
) -> None:
    terminal.exports(Exported(Path("to/x.xml"), Exit.DONE, posts=2, files=files, names=names))
    said = terminal.run("export", "blog", "to/x.xml", "--to", "wxr")
    assert said.stdout.splitlines()[0].endswith(f" are in {place}")


def test_export_says_how_to_see_the_site_and_where_redirects_lie(
    terminal: Terminal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "my site").mkdir()
    terminal.exports(Exported(Path("my site"), Exit.DONE))
    said = terminal.run("export", "blog", "my site", "--to", "hugo", "--redirects", "nginx")
    assert said.stdout.splitlines()[-2:] == [
        "Where old addresses lead: my site/redirects; each file says where it belongs.",
        "Next: cd 'my site' && hugo server",
    ]
    assert "Next:" not in terminal.run("export", "blog", "my site", "--to", "jsonl").stdout


def test_a_size_without_a_unit_is_meant_otherwise(terminal: Terminal) -> None:
    said = terminal.run("export", "blog", "x.xml", "--to", "wxr", "--split", "15")
    assert said.exit_code == Exit.USAGE
    assert "'15' is 15 bytes; write it as 500K, 20M or 1.5G." in said.stderr


def test_export_names_what_an_audit_missed(terminal: Terminal) -> None:
    worst = [Notice("fidelity", "posts/a.md", "text 1 of 3 (not 'two', 'words')", 2)]
    terminal.exports(Exported(Path("site"), Exit.DONE, notices={"fidelity": 2}, audited=True, worst=worst))
    said = terminal.run("export", "blog", "site", "--audit").stdout
    assert "  posts/a.md: text 1 of 3 (not 'two', 'words')\n" in said
    assert terminal.called[2].options.audit
    terminal.exports(Exported(Path("site"), Exit.DONE, audited=True))
    assert "Audited: all words" in terminal.run("export", "blog", "site", "--audit").stdout


def test_options_reach_the_export(terminal: Terminal) -> None:
    terminal.exports(Exported(Path("site"), Exit.INCOMPLETE))
    words = ["--to", "hugo", "--comments", "data", "--include", "drafts, email", "--fields", "title,date"]
    more = ["--rename", "title=name", "--path", "{slug}", "--overwrite", "--prune", "--strict", "--dry-run"]
    said = terminal.run("export", "blog", "site", *words, *more)
    assert said.exit_code == 3
    _, _, request = terminal.called
    assert (request.to, request.strict, request.include) == ("hugo", True, frozenset({"drafts", "email"}))
    options = request.options
    assert (options.comments, options.fields, options.rename) == (
        "data",
        ("title", "date"),
        {"title": "name"},
    )
    assert (options.path, options.overwrite, options.prune, options.dry_run) == ("{slug}", True, True, True)


def test_export_lists_its_formats_and_fields(terminal: Terminal) -> None:
    assert {"markdown", "hugo"} <= set(terminal.run("export", "--list").stdout.split())
    assert "the title, as plain text" in terminal.run("export", "--list-fields").stdout


def test_an_export_does_not_go_into_the_archive(terminal: Terminal, archive: Path) -> None:
    assert terminal.run("export", str(archive), str(archive / "site")).exit_code == Exit.USAGE


# -- convert, demo ------------------------------------------------------------------------------------------


def test_convert_reads_and_writes_bytes(terminal: Terminal) -> None:
    said = terminal.run("convert", stdin="\ufeff<p>Åland <b>2</b></p>".encode())
    assert said.stdout_bytes == "Åland **2**\n".encode()
    said = terminal.run("convert", "--to", "hugo", stdin=b"<p>bad \xff byte</p>")
    assert said.exit_code == 0
    assert "bad" in said.stdout


def test_convert_with_a_file_says_how_to_give_it(terminal: Terminal) -> None:
    said = terminal.run("convert", "my post.html", stdin="")
    assert said.exit_code == 2
    assert "Type: wpexport convert < 'my post.html'" in said.stderr


def test_the_nearest_option_is_guessed_first(terminal: Terminal) -> None:
    said = terminal.run("export", "blog", "out", "--too", "hugo")
    assert said.exit_code == 2
    assert "Did you mean --to or " in said.stderr


def test_each_format_is_told_of_in_the_list(terminal: Terminal) -> None:
    said = terminal.run("export", "--list").stdout
    assert len(said.splitlines()) == len(names())
    assert all("OUT:" in line or "of another package" in line for line in said.splitlines())
    assert set(ABOUT) <= set(names())


def test_convert_names_what_it_leaves_out(terminal: Terminal) -> None:
    said = terminal.run(
        "convert", stdin=b'<p>a</p><script>b()</script><input value="c"><p style="display:none">d</p>'
    )
    assert (said.stdout, said.exit_code) == ("a\n", 0)
    assert said.stderr == "Not carried over: 1 hidden text, 1 input, 1 script\n"


def test_the_program_alone_shows_its_help_as_it_is(terminal: Terminal) -> None:
    said = terminal.run()
    assert said.exit_code == Exit.USAGE
    assert "\n  wpexport pull https" in said.stderr.replace("\n    ", "\n  ")


def test_the_demo_runs_the_whole_round(terminal: Terminal, tmp_path: Path) -> None:
    said = terminal.run("demo", "try")
    assert said.exit_code == 0
    for words in ("Tuulisaari Light", "The archive is whole.", "try/markdown", "Open"):
        assert words in said.stdout
    assert (tmp_path / "try" / "archive" / "wpexport.json").is_file()
    assert list((tmp_path / "try" / "markdown").rglob("*.md"))


def test_the_demo_in_json_ends_in_a_summary(terminal: Terminal) -> None:
    rows = [json.loads(line) for line in terminal.run("demo", "--json").stdout.splitlines()]
    assert rows[-1] == {"type": "summary", "command": "demo", "folder": "wpexport-demo", "exit_code": 0}
    assert "step" in {row["type"] for row in rows}
