"""What other wikis write beside Markdown, turned into Markdown or taken out and named. Pure.

Known are the tags of Liquid (Jekyll, Eleventy), the attributes and divs of kramdown, Pandoc and
Quarto, footnotes, and foreign tables.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from cxwiki.pages.importing import html_blocks, tables, wrapping
from cxwiki.pages.importing.segments import outside_code, outside_fences

_HIGHLIGHT = re.compile(
    r"\{%-?\s*(?:highlight|raw)\b\s*(?P<language>[\w+-]*)[^%]*%\}\n?(?P<code>.*?)\n?[ \t]*"
    r"\{%-?\s*end(?:highlight|raw)\s*-?%\}",
    re.S,
)
_REMARK = re.compile(r"\{%-?\s*comment\b.{0,20000}?\{%-?\s*endcomment\s*-?%\}", re.S)
_LOOP = re.compile(
    r"\{%-?\s*for\s(?P<what>[^%\n]{0,300}?)-?%\}.{0,20000}?\{%-?\s*endfor\s*-?%\}", re.S
)
_PICTURE = re.compile(
    r"\{%-?\s*image(?:_with_class)?\s+(?P<path>\"[^\"]*\"|'[^']*')(?P<rest>[^%]*?)-?%\}"
)
_CAPTURE = re.compile(r"\{%-?\s*(?:end)?capture\b\s*(?P<name>[\w-]*)\s*-?%\}")
_TAG = re.compile(r"\{%-?\s*(?P<name>\w+)(?P<rest>[^%]{0,2000}?)-?%\}")
_ADDRESS = re.compile(
    r"\{\{-?\s*(?:site\.baseurl|(?P<quote>[\"'])(?P<path>[^\"'{}]*)(?P=quote)"
    r"\s*\|\s*(?:url|relative_url|absolute_url|prepend:\s*site\.baseurl))\s*-?\}\}"
)
_SHORTCODE_INCLUDE = re.compile(r"\{\{<\s*include\s+(?P<path>\S+)\s*>\}\}")
_HEADING_ID = re.compile(
    r"^(?P<head>\#{1,6}[ \t]+(?P<text>.+?))[ \t]*\{:?[ \t]*(?:id=[\"']"
    r"(?P<named>[\w.-]+)[\"']|\#(?P<id>[\w.-]+))[^{}\n]{0,500}\}[ \t]*$",
    re.M,
)
_TIGHT_HEADING = re.compile(r"^(#{2,6})(?=[^#\s])", re.M)
_ATTRIBUTES = re.compile(
    r"[ \t]?\{:[^{}\n]{1,500}\}|(?<=[\])*_`\w.!?])[ \t]?\{[ \t]*[.#][\w-][^{}\n]{0,500}\}"
    r"|(?<=\))\{[\w-]+=[^{}\n]{0,500}\}|^[ \t]*\{[ \t]*[.#][\w-][^{}\n]{0,500}\}[ \t]*$",
    re.M,
)
_DIV = re.compile(r"^[ \t]*:{3,}[ \t]*(?P<what>[^\n]*?)[ \t]*$")
_DIV_TITLE = re.compile(r"title=[\"'](?P<title>[^\"'\n]{1,200})[\"']")
_CALLOUT = re.compile(r"\.callout-(?P<kind>\w+)")
_NOTE = re.compile(r"^ {0,3}\[\^(?P<name>[\w-]{1,60})\]:[ \t]*", re.M)
_NOTE_MARK = re.compile(r"\[\^(?P<name>[\w-]{1,60})\]")
_CALLOUTS = {
    "en": {"note": "Note", "tip": "Tip", "warning": "Warning", "important": "Important",
           "caution": "Caution"},
    "de": {"note": "Hinweis", "tip": "Tipp", "warning": "Warnung", "important": "Wichtig",
           "caution": "Vorsicht"},
}  # fmt: skip


@dataclass
class Translated:
    """The Markdown, the headings that had names of their own, and what was taken out."""

    text: str
    anchors: dict[str, str] = field(default_factory=dict)
    left_out: list[str] = field(default_factory=list)


def translate(text: str, language: str = "en") -> Translated:
    """Turn the Markdown of another wiki into ours."""
    done = Translated("")
    text = text.expandtabs(4) if "\t" in text else text
    text = _HIGHLIGHT.sub(lambda found: f"```{found['language']}\n{found['code']}\n```", text)
    text = outside_fences(text, lambda part: _liquid(part, done))
    text = outside_fences(text, lambda part: _headings(part, done))
    text = outside_fences(text, html_blocks.translate)
    text = outside_fences(text, tables.translate)
    text = outside_code(text, _notes)
    text = outside_code(text, lambda part: _ATTRIBUTES.sub("", part))
    text = _divs(text, _CALLOUTS.get(language, _CALLOUTS["en"]))
    done.text = wrapping.unwrapped(text).strip("\n")
    return done


def _liquid(text: str, done: Translated) -> str:
    text = _REMARK.sub("", text)
    text = _ADDRESS.sub(lambda found: found["path"] or "", text)
    text = _PICTURE.sub(_picture, text)
    text = _SHORTCODE_INCLUDE.sub(lambda found: f"[{found['path']}]({found['path']})", text)
    for name in {found["name"] for found in _CAPTURE.finditer(text)} - {""}:
        # What was captured stays where it is written: the place where it was used is left out.
        text = re.sub(rf"\{{\{{-?\s*{re.escape(name)}\s*-?\}}\}}", "", text)
    text = _CAPTURE.sub("", text)

    def leave_out(found: re.Match[str]) -> str:
        done.left_out.append(" ".join(f"{found['name']} {found['rest']}".split())[:120])
        return ""

    def leave_out_loop(found: re.Match[str]) -> str:
        done.left_out.append(f"for {found['what'].strip()}"[:120])
        return ""

    return _TAG.sub(leave_out, _LOOP.sub(leave_out_loop, text))


def _picture(found: re.Match[str]) -> str:
    strings = re.findall(r"\"([^\"]*)\"|'([^']*)'", found["rest"])
    alt = next((first or second for first, second in reversed(strings) if first or second), "")
    path = found["path"][1:-1]
    # The last string is the description only if there is one beside the class.
    return f"![{alt if len(strings) > 1 or ' ' in alt else ''}](/{path.lstrip('/')})"


def _headings(text: str, done: Translated) -> str:
    def note(found: re.Match[str]) -> str:
        done.anchors[found["named"] or found["id"]] = found["text"]
        return found["head"]

    return _TIGHT_HEADING.sub(r"\1 ", _HEADING_ID.sub(note, text))


def _notes(text: str) -> str:
    text = _NOTE.sub(lambda found: f"<sup>{found['name']}</sup> ", text)
    return _NOTE_MARK.sub(lambda found: f"<sup>{found['name']}</sup>", text)


def _divs(text: str, words: dict[str, str]) -> str:
    """Make quotes of callouts, drop what is for print alone, keep what other divs hold."""
    done: list[str] = []
    kinds: list[str] = []
    for line in text.split("\n"):
        found = _DIV.match(line)
        if not found:
            if "pdf" not in kinds:
                done.append(f"> {line}".rstrip() if "callout" in kinds else line)
            continue
        what = found["what"]
        if not what:
            if kinds:
                kinds.pop()
                done.append("")
            continue
        callout = _CALLOUT.search(what)
        if callout:
            title = _DIV_TITLE.search(what)
            word = title["title"] if title else words.get(callout["kind"], callout["kind"].title())
            done += ["", f"> **{word}**", ">"]
        hidden = 'when-format="pdf"' in what or 'unless-format="html"' in what
        kinds.append("callout" if callout else "pdf" if hidden else "div")
    return "\n".join(done)
