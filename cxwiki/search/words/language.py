"""Words of German and English texts: language, tokens, lemmas and their folded forms.

Index and query meet in one canonical form of a word: its lemma by simplemma, lower-case, without
accents, ß as ss. The form depends on the lower-cased word alone, since people write call notes
and queries without capitals.
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import cache, lru_cache
from itertools import islice

from py3langid.langid import LanguageIdentifier
from simplemma import Lemmatizer
from simplemma.strategies import DefaultStrategy, DictionaryLookupStrategy
from simplemma.strategies.dictionaries import LOW_MEMORY_DICTIONARY_FACTORY

from cxwiki.search.words.stop_words import STOP_WORDS

LANGUAGES = ("de", "en")
MAX_TEXT = 200_000
"""Characters of one text that are looked at; what follows is not indexed."""
MAX_WORD = 64
"""Longer words are cut: they are identifiers or noise, and a term has to stay small."""

_DETECTED = 2_000
_CERTAIN = 0.7

# Combining marks, soft hyphens and zero-width characters belong to the word that they stand in.
_LETTERS = r"[^\W_](?:[^\W_]|[\u0300-\u036f\u00ad\u200b-\u200d])*"
_WORD = re.compile(
    rf"{_LETTERS}(?:['’_\-\u2010\u2011]{_LETTERS})*"
    # Kund:in, Kund/-innen, Kund(inn)en, Kund*innenservice
    rf"(?:[:*·/]-?[iI]n(?:nen)?(?![^\W_])|\([iI]n(?:nen)?\)|\(inn\)en|[:*·][iI]nnen{_LETTERS})?"
)
_GENDERED = re.compile(
    r"([^\W\d_])(?:(?:en)?(?:[:*_·/]-?|\()[iI]n|(?<=[a-zäöüß])In)(n\)?en)?\)?"
    r"(?:(?<=nen)(?=[^\W\d_])|$)"
)
_INVISIBLE = re.compile("[\u00ad\u200b-\u200d]")
_APOSTROPHE = re.compile(r"['’](?:s|t|d|m|re|ve|ll)?(?![^\W_])|['’]")
_JOINT = re.compile(r"[_\-\u2010\u2011]+")


def clean(text: str) -> str:
    """The text without NUL characters, cut to `MAX_TEXT` characters."""
    return text[:MAX_TEXT].replace("\x00", " ")


@cache
def _identifier(languages: tuple[str, ...]) -> LanguageIdentifier:
    full = LanguageIdentifier.from_model_file("data/model.npz.xz")
    columns = [index for index, label in enumerate(full.nb_classes) if label in languages]
    # Rebuilt with the wanted columns only: the other hundred languages cost 25 MB.
    return LanguageIdentifier(
        full.nb_ptc[:, columns].copy(),
        full.nb_pc[columns].copy(),
        [full.nb_classes[column] for column in columns],
        full.tk_nextmove,
        full.tk_output,
        norm_probs=True,
        tk_row=full.tk_row,
    )


def detect(text: str, allowed: tuple[str, ...] = ("en", "de")) -> str:
    """The language of a text out of `allowed`; its first where a text says too little to tell."""
    if len(allowed) < 2:
        return allowed[0] if allowed else "en"
    sample = clean(text[:_DETECTED])
    words = [surface.lower() for _, _, surface in islice(tokens(sample), 200)]
    if not words:
        return allowed[0]
    counts = {
        language: sum(word in STOP_WORDS[language] for word in words)
        for language in allowed
        if language in STOP_WORDS
    }
    best = max(counts, key=lambda language: counts[language], default=allowed[0])
    if len(counts) == len(allowed) and counts[best] > 2 * min(counts.values()):
        return best  # most texts, without loading the identifier's 50 MB
    label, certainty = _identifier(tuple(sorted(allowed))).classify(sample)
    return str(label) if label in allowed and certainty >= _CERTAIN else allowed[0]


def tokens(text: str) -> Iterator[tuple[int, int, str]]:
    """The words of a text with their first and past-the-end offsets in it."""
    for found in _WORD.finditer(text):
        yield found.start(), found.end(), found.group()


def fold(word: str) -> str:
    """A word in lower case without accents; ß becomes ss."""
    if word.isascii():
        return word.lower()[:MAX_WORD]
    decomposed = unicodedata.normalize("NFKD", word.casefold())
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))[:MAX_WORD]


_dictionary = DictionaryLookupStrategy(LOW_MEMORY_DICTIONARY_FACTORY)
# The memory-frugal dictionaries take 18 MB instead of 140; the cache below makes up for their pace.
_lemmatizer = Lemmatizer(
    cache_max_size=1,
    lemmatization_strategy=DefaultStrategy(dictionary_factory=LOW_MEMORY_DICTIONARY_FACTORY),
)


def _known(word: str, language: str) -> bool:
    return _dictionary.get_lemma(word, language) is not None


def _restored_umlauts(word: str) -> str:
    for written, meant in (("ae", "ä"), ("oe", "ö"), ("ue", "ü")):
        word = word.replace(written, meant)
    return word


def _german_lemma(word: str) -> str:
    noun = word[:1].upper() + word[1:]
    sharp = noun.replace("ss", "ß")
    if sharp != noun and _known(sharp, "de"):
        return _german_lemma(sharp.lower())
    if not _known(word, "de") and not _known(noun, "de"):
        restored = _restored_umlauts(noun)
        if restored != noun and _known(restored, "de"):
            return _german_lemma(restored.lower())
        if longer := _by_its_end(word):
            return longer
    as_verb, as_noun = _lemmatizer.lemmatize(word, "de"), _lemmatizer.lemmatize(noun, "de")
    if as_noun == noun + "r" and not word.startswith(as_verb.lower()):
        return as_noun  # "Beamte" is "Beamter", not a form of "beamen"
    # "gebühren" is a verb, "Gebühren" a noun; "schneller" an adjective, "Schneller" a noun: of the
    # two readings the shorter lemma is nearly always the one that shares a stem with its family.
    return as_noun if len(as_noun) <= len(as_verb) else as_verb


@lru_cache(maxsize=50_000)
def _german(word: str) -> str | None:
    """What the dictionary has for a German word in just this spelling."""
    return _dictionary.exact_lemma(word, "de")


_BEGINNING = re.compile(
    "[b-df-hj-np-tv-xzß]?[aeiouyäöüàé]|[bcfgkp]l|[bcdfgkptvw]r|[ckprst]h|[gks]n|pf|ps|qu|s[ckmpltw]"
    "|tw|zw|ts"
)


def can_begin(text: str) -> bool:
    """Whether a German word can begin so: saves most look-ups of pieces of words."""
    return _BEGINNING.match(text) is not None


def noun_lemma(word: str) -> str | None:
    """The lemma of a lower-case word if the German dictionary has it as a noun ("pläne" → "Plan").

    Joints between words ("Vertretungs") and verbs ("gehen") are none.
    """
    found = _german(word[:1].upper() + word[1:])
    return found if found and found[:1].isupper() else None


def verb_or_other_lemma(word: str) -> str | None:
    """The lemma of a lower-case word if the German dictionary has it, but not as a noun."""
    found = _german(word)
    return found if found and found[:1].islower() else None


@lru_cache(maxsize=2_000)
def is_in_dictionary(word: str) -> bool:
    """Whether one of the general dictionaries has a lower-case word in this spelling."""
    return any(_dictionary.get_lemma(word, language) is not None for language in LANGUAGES)


def _by_its_end(word: str) -> str | None:
    """The lemma of a long word by that of the longest noun that it ends with.

    Dictionaries lack most compounds: of "Krankheitsvertretungspläne" they know "Pläne".
    """
    for start in range(3, len(word) - 3):
        if can_begin(word[start:]) and (lemma := noun_lemma(word[start:])):
            return (word[:start] + lemma.lower()).capitalize()
    return None


_MASCULINE = ("er", "or", "ar", "är", "eur", "ent", "ant", "ist", "ling")


def _without_gender(lemma: str) -> str:
    """The base of a feminine noun ("Kundin" → "Kunde"), so that all forms are one word."""
    if not lemma.endswith("in") or len(lemma) < 5 or not _known(lemma + "nen", "de"):
        return lemma
    stem = lemma[:-2]
    # "Bürger" and not "Bürge", but "Kollege" and not "Kolleg".
    bases = (stem, stem + "e") if stem.endswith(_MASCULINE) else (stem + "e", stem)
    base = next((base for base in bases if _known(base, "de")), None)
    return _german_lemma(base.lower()) if base else lemma


@lru_cache(maxsize=20_000)
def lemma(word: str, language: str) -> str:
    """The canonical form of one lower-case word without joints."""
    if not word or word.isdigit() or len(word) > MAX_WORD:
        return fold(word)
    if language == "de":
        found = _german_lemma(word)
        again = _german_lemma(found.lower())
        found = again if len(again) < len(found) else found
        return fold(_without_gender(found[:1].upper() + found[1:]))
    if language == "en":
        return fold(_lemmatizer.lemmatize(word, "en"))
    return fold(word)


def _parts(surface: str) -> list[str]:
    """The lower-case words that one token stands for: itself, or the parts of a joined one."""
    word = unicodedata.normalize("NFKC", _INVISIBLE.sub("", surface))
    word = _GENDERED.sub(lambda found: f"{found[1]}in{'nen' if found[2] else ''}", word)
    word = _APOSTROPHE.sub("", word).lower()
    return [part for part in _JOINT.split(word) if part]


@lru_cache(maxsize=20_000)
def word_terms(surface: str, language: str) -> tuple[str, ...]:
    """The terms that one token is indexed under: its lemma; of "e-mail" also the joined word."""
    parts = _parts(surface)
    if len(parts) < 2:
        return tuple(lemma(part, language) for part in parts)
    return (lemma("".join(parts), language), *(lemma(part, language) for part in parts))


def terms(text: str, language: str) -> list[str]:
    """All terms of a text in reading order, stop words among them, analysed in its language."""
    return [
        term
        for _, _, surface in tokens(clean(text))
        for term in word_terms(surface, language)
        if term
    ]


@lru_cache(maxsize=2_000)
def _alternatives(word: str) -> tuple[str, ...]:
    """Every form under which a document may have this word: both languages, written ä or ae."""
    folded = fold(word)
    forms = [*(lemma(word, language) for language in LANGUAGES), folded]
    spelled = word.replace("ä", "ae").replace("ö", "oe").replace("ü", "ue")
    if spelled != word:
        forms.append(lemma(spelled, "de"))
    restored = _restored_umlauts(word)
    if restored != word:
        forms.append(lemma(restored, "de"))
    return tuple(dict.fromkeys(form for form in forms if form))


def forms_of(surface: str) -> list[tuple[str, tuple[str, ...]]]:
    """The words that one token of a query stands for, each with the terms that it may match.

    Of "E-Mail-Adresse" these are its parts of more than two letters and the joined word.
    """
    parts = _parts(surface)
    forms = [part for part in parts if len(parts) == 1 or len(part) > 2]
    if len(parts) > 1:
        forms.append("".join(parts))
    return [(form, _alternatives(form)) for form in forms]


def surfaces(text: str) -> list[str]:
    """The words of a text as they are written, folded, in order: what phrases are compared by."""
    return [part for _, _, surface in tokens(clean(text)) for part in _folded(surface)]


@lru_cache(maxsize=20_000)
def _folded(surface: str) -> tuple[str, ...]:
    return tuple(folded for part in _parts(surface) if (folded := fold(part)))
