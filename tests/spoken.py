"""Comparing what was said with what was written."""


def words(text):
    """The words of a text, lower case, without punctuation."""
    return "".join(c.lower() if c.isalnum() else " " for c in text).split()
