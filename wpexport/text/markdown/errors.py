"""What can interrupt a conversion inside."""


class InsideHtml(Exception):
    """A reference to a footnote stands where Markdown is not read: the document must be written without
    footnotes.
    """
