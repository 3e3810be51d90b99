"""A blog of any size out of a seed: what WordPress' block editor makes, each part with a mark to find it by.

The marks are words that survive any honest conversion; `benchmarks.losses` looks for them in what a tool
wrote: ``xpost7x`` in the first paragraph of post 7, ``xreply9x`` in comment 9, ``ximage3x.jpg`` an image,
``xcode5x`` a block of code whose language is `language`.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from html import escape
from typing import Final

SEED: Final = 20240229
LANGUAGES: Final = ("python", "javascript", "rust", "bash", "sql", "php")
CATEGORIES: Final = ("News &amp; Views", "C++", "Sailing", "Boats", "Harbours", "Café", "Letters", "Weather")
TAGS: Final = tuple(f"Tag {number}" for number in range(1, 41))
_TITLES: Final = ("a &#8220;quiet&#8221; day", "rope &amp; tar", "no wind")
_START: Final = datetime(2008, 1, 1, 9, 30, tzinfo=UTC)
_CODE: Final = {
    "python": "def {name}(row: dict[str, int]) -> int:\n    # {mark}\n    return row['a'] * row['b'] or -1",
    "javascript": "// {mark}\nexport const {name} = (row) => row && row.a < row.b ? `${{row.a}}` : null;",
    "rust": "// {mark}\nfn {name}(row: &Row) -> Option<u64> {{\n    row.a.checked_mul(row.b)\n}}",
    "bash": '# {mark}\n{name}() {{ grep -c "^$1|" <"$2" && echo "done: $1"; }}',
    "sql": "-- {mark}\nSELECT a, count(*) FROM {name} WHERE a < 7 AND b <> 'x' GROUP BY a;",
    "php": "<?php\n// {mark}\nfunction {name}( $row ) {{ return $row['a'] ?? null; }}",
}
_WORDS: Final = """
the harbour a boat sailed slowly south and north wind over water with seven old lamps while
nobody wrote letters about bread or tar until morning came again under grey light between two
islands where gulls slept near an open door because rope must be dry before any storm could
reach its iron chain after long winter evenings of chess then spring brought paint brushes new
sails early ferries late guests and their questions
""".split()  # noqa: SIM905 - to be read


@dataclass(frozen=True, slots=True)
class Post:
    """One post."""

    number: int
    title: str
    slug: str
    date: datetime
    categories: tuple[int, ...]
    tags: tuple[int, ...]
    author: int
    #: numbers of its images; the first is the featured one
    images: tuple[int, ...]
    #: (name of the block with its attributes, HTML)
    blocks: tuple[tuple[str, str], ...]

    @property
    def html(self) -> str:
        """As WordPress renders it."""
        return "\n\n\n\n".join(html for _, html in self.blocks) + "\n"

    @property
    def raw(self) -> str:
        """As WordPress stores it."""
        return "\n\n".join(
            f"<!-- wp:{name} -->\n{html}\n<!-- /wp:{name.partition(' ')[0]} -->" for name, html in self.blocks
        )


@dataclass(frozen=True, slots=True)
class Reply:
    """One comment."""

    number: int
    post: int
    parent: int
    name: str
    date: datetime
    html: str


def language(code: int) -> str:
    """The language of a block of code, by its number."""
    return LANGUAGES[code % len(LANGUAGES)]


class Blog:
    """So many posts with so many comments each."""

    def __init__(self, posts: int, each: int = 5, home: str = "http://blog.example") -> None:
        self.posts = posts
        self.each = each
        self.home = home

    @property
    def comments(self) -> int:
        """How many comments there are."""
        return self.posts * self.each

    @cached_property
    def _sentences(self) -> list[str]:
        """Sentences to write with; of about 60 characters, some with markup."""
        chance = random.Random(SEED)
        found = []
        for number in range(1500):
            words = chance.choices(_WORDS, k=chance.randint(7, 18))
            if number % 5 == 0:
                words[2] = f"<strong>{words[2]}</strong>"
            if number % 7 == 0:
                words[4] = f"<em>{words[4]} {words[5]}</em>"
            if number % 11 == 0:
                words[3] = f"<code>{words[3]}_{words[1]}()</code>"
            if number % 13 == 0:
                words[1] = "caf&eacute; &amp; b&uuml;cher"
            found.append(" ".join(words).capitalize() + ".")
        return found

    def link(self, number: int) -> str:
        """The address of a post."""
        return f"{self.home}/{_date(number):%Y/%m}/entry-{number}/"

    def image(self, number: int) -> str:
        """The address of an image."""
        return f"{self.home}/wp-content/uploads/{_date(number // 4):%Y/%m}/ximage{number}x.jpg"

    def images_of(self, number: int) -> tuple[int, ...]:
        """The images of a post: one, two, or five with a gallery."""
        count = 5 if number % 5 == 0 else 1 + number % 2
        return tuple(number * 8 + place for place in range(count))

    def codes_of(self, number: int) -> tuple[int, ...]:
        """The blocks of code of a post."""
        return (number,) if number % 3 else ()

    def post(self, number: int) -> Post:
        """One post, by its number from 1."""
        chance = random.Random(SEED * 31 + number)
        blocks = list(self._blocks(number, chance))
        return Post(
            number=number,
            title=f"Entry {number}: {chance.choice(_TITLES)}",
            slug=f"entry-{number}",
            date=_date(number),
            categories=(1 + number % len(CATEGORIES), 1 + number // 8 % len(CATEGORIES)),
            tags=tuple(sorted({1 + number % 40, 1 + number * 7 % 40, 1 + number * 11 % 40})),
            author=1 + number % 3,
            images=self.images_of(number),
            blocks=tuple(blocks),
        )

    def _text(self, chance: random.Random, count: int) -> str:
        return " ".join(chance.choices(self._sentences, k=count))

    def _blocks(self, number: int, chance: random.Random) -> list[tuple[str, str]]:
        images = self.images_of(number)
        blocks = [("paragraph", f"<p>{self._text(chance, 4)} Mark xpost{number}x here.</p>")]
        for part in range(7):
            if part in (2, 5):
                title = f"Part {part} of entry {number}"
                blocks.append(("heading", f'<h2 class="wp-block-heading" id="part-{part}">{title}</h2>'))
            text = self._text(chance, chance.randint(5, 9))
            if part % 2 == 0:
                other = chance.randint(1, self.posts)
                text += f' See <a href="{self.link(other)}">entry {other}</a> for more.'
            blocks.append(("paragraph", f"<p>{text}</p>"))
        blocks.insert(3, self._picture(images[0], chance))
        if len(images) == 5:
            blocks.insert(7, self._gallery(images[1:], chance))
        elif len(images) == 2:
            blocks.insert(7, self._picture(images[1], chance))
        for code in self.codes_of(number):
            blocks.insert(5, _code(code))
        blocks.insert(6, self._list(chance))
        if number % 2:
            blocks.append(_table(number))
        if number % 3 == 0:
            quote = f"<p>{self._text(chance, 2)}</p><cite>Somebody</cite>"
            blocks.append(("quote", f'<blockquote class="wp-block-quote">{quote}</blockquote>'))
        return blocks

    def _picture(self, image: int, chance: random.Random) -> tuple[str, str]:
        return (
            f'image {{"id":{1_000_000 + image},"sizeSlug":"large"}}',
            f'<figure class="wp-block-image size-large"><a href="{self.image(image)}"><img decoding="async" '
            f'src="{self.image(image)}" alt="A view of number {image}" class="wp-image-{1_000_000 + image}"/>'
            f'</a><figcaption class="wp-element-caption">{self._text(chance, 1)}</figcaption></figure>',
        )

    def _gallery(self, images: tuple[int, ...], chance: random.Random) -> tuple[str, str]:
        inner = "\n\n".join(self._picture(image, chance)[1] for image in images)
        return (
            'gallery {"linkTo":"none"}',
            f'<figure class="wp-block-gallery has-nested-images columns-default is-cropped">{inner}</figure>',
        )

    def _list(self, chance: random.Random) -> tuple[str, str]:
        items = [f"<li>{self._text(chance, 1)}</li>" for _ in range(4)]
        items[2] = items[2].replace("</li>", f"<ul><li>{self._text(chance, 1)}</li></ul></li>")
        return "list", '<ul class="wp-block-list">\n' + "\n".join(items) + "\n</ul>"

    def reply(self, number: int) -> Reply:
        """One comment, by its number from 1: round after round over all posts, every second one an answer."""
        chance = random.Random(SEED * 37 + number)
        turn = (number - 1) // self.posts
        return Reply(
            number=number,
            post=(number - 1) % self.posts + 1,
            parent=number - self.posts if turn % 2 else 0,
            name=f"Reader O'Neil {number % 997}",
            date=_date(self.posts) + timedelta(minutes=number),
            html=f"<p>{self._text(chance, 3)} Mark xreply{number}x here.</p>\n",
        )


def _date(number: int) -> datetime:
    return _START + timedelta(hours=number)


def _code(code: int) -> tuple[str, str]:
    name = language(code)
    text = _CODE[name].format(name=f"work_{code % 7}", mark=f"xcode{code}x")
    return (
        "code",
        f'<pre class="wp-block-code"><code lang="{name}" class="language-{name}">'
        f"{escape(text, quote=False)}</code></pre>",
    )


def _table(number: int) -> tuple[str, str]:
    rows = "".join(f"<tr><td>{n}</td><td>a|b</td><td>{n * number}</td></tr>" for n in range(1, 5))
    head = "<thead><tr><th>No</th><th>Name</th><th>Value</th></tr></thead>"
    table = f'<table class="has-fixed-layout">{head}<tbody>{rows}</tbody></table>'
    return "table", f'<figure class="wp-block-table">{table}</figure>'
