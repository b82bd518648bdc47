"""What little words do in a sentence, so that a phrase is cut out of it where a person would.

Closed classes only, by language: words that bring on a noun, stand for somebody, help a verb, join,
ask, say no. Every other word is one that tells something.
"""

from enum import Enum
from functools import lru_cache


class Role(Enum):
    """What a word does."""

    TELLS = "content"
    NUMBER = "number"
    DETERMINER = "the, my, dieser"
    PERSON = "I, they, man"
    OBJECT = "me, uns"
    BE = "is, has, wurde"
    MODAL = "do, can, soll"
    PREPOSITION = "of, mit"
    JOINS = "and, oder"
    CLAUSE = "because, dass"
    ASKS = "what, wie"
    FILLS = "just, schon"
    NOT = "not, kein"
    CANNOT = "can't, don't"


_WORDS: dict[str, dict[Role, str]] = {
    "en": {
        Role.DETERMINER: "a an the my your our their his her its this that these those any some "
        "every each both several such own another other",
        Role.PERSON: "i you he she it we they there someone anyone everyone something anything "
        "everything nothing somebody anybody one i'm i've i'd i'll you're you've it's there's "
        "that's they're we're we've he's she's im ive",
        Role.OBJECT: "me us him them myself yourself itself themselves mine yours",
        Role.BE: "is are was were be been being am has have had having gets got get",
        Role.MODAL: "do does did can could will would shall should may might must",
        Role.PREPOSITION: "of in on at by for from to with about into onto over under after before "
        "during via per through between against as than until till within toward towards upon "
        "among across behind beyond up out off down back away if than",
        Role.JOINS: "and or",
        Role.CLAUSE: "but because if when while although though since so unless whether once "
        "where then except",
        Role.ASKS: "how what why which who whose whom what's how's where's who's whats hows wheres "
        "what're long many much often old soon",
        Role.FILLS: "just still already please also only even ever yet now very really too so then "
        "here again always currently recently actually instead exactly today yesterday "
        "tomorrow tonight currently anymore hi hello hey able possible going supposed "
        "most more less least few all soon well",
        Role.NOT: "not no never without neither nor none",
        Role.CANNOT: "cannot unable",
    },
    "de": {
        Role.DETERMINER: "der die das den dem des ein eine einen einem einer eines mein meine "
        "meinen meinem meiner meines dein deine deinen deinem deiner sein seine seinen seinem "
        "seiner seines ihr ihre ihren ihrem ihrer ihres unser unsere unseren unserem unserer "
        "dieser diese dieses diesen diesem jeder jede jedes jeden jedem mancher manche manchen "
        "einige einigen mehrere mehreren solche solchen derselbe dieselbe dasselbe denselben "
        "beide beiden",
        Role.PERSON: "ich du er sie es wir man wer jemand niemand alles nichts etwas jeder",
        Role.OBJECT: "mich mir dich dir ihm ihn ihnen sich uns euch einander",
        Role.BE: "bin bist ist sind seid war waren wäre gewesen sein habe hast hat haben habt "
        "hatte hatten hätte werde wird werden wirst wurde wurden worden",
        Role.MODAL: "kann kannst können könnte könnten muss müssen musste soll sollen sollte will "
        "wollen wollte möchte möchten darf dürfen mag würde würden lässt lassen",
        Role.PREPOSITION: "in im ins an am auf aus bei beim bis durch für gegen mit nach seit über "
        "um unter von vom vor wegen zu zum zur zwischen trotz statt während je pro ab als wie "
        "hinter neben ins ans aufs ein zurück weg hin her los",
        Role.JOINS: "und oder",
        Role.CLAUSE: "aber weil wenn dass ob denn damit bevor nachdem obwohl sondern sobald falls "
        "sodass da deren dessen",
        Role.ASKS: "was wann wo warum wieso weshalb welche welcher welches welchen welchem wem wen "
        "wohin woher wofür womit wieviel",
        Role.FILLS: "noch nur schon auch bisher zuerst vorab sehr so dann hier dort "
        "mal doch immer wieder gar ja nein "
        "bitte einfach heute gestern morgen jetzt nun sofort gerade erst etwa ganz eben wohl "
        "trotzdem meistens oft manchmal bereits leider eigentlich dabei dafür dazu daran darauf "
        "davon viel viele vielen wenig mehr alle allen zu",
        Role.NOT: "nicht kein keine keinen keinem keiner keines nie niemals ohne weder",
        Role.CANNOT: "",
    },
}  # fmt: skip

PARTICLES = {
    "en": frozenset(["up", "out", "off", "down", "back", "away"]),
    "de": frozenset(
        [
            "an",
            "ab",
            "auf",
            "aus",
            "ein",
            "mit",
            "vor",
            "zu",
            "zurück",
            "weg",
            "hin",
            "her",
            "los",
            "um",
        ]
    ),
}
"""Words that may be half a verb: "top up", "rufe … an"."""

COURTESIES = {
    "en": "able already always another anymore anything ask come could customer day even ever "
    "every everything find give go good happen hello help hi keep kind know let like look lot "
    "make "
    "many may maybe much need new okay one people please possible put really reason regard "
    "right say see seem show sorry still sure take tell thank thanks thing think time today "
    "try two us use user want way within without yes yet "
    "three four five six seven eight nine ten hundred thousand first second third "
    "ago soon instead minute hour week month year monday tuesday wednesday thursday friday "
    "saturday sunday january february march april june july august september "
    "october november december "
    "dollar euro pound couple lot thing stuff",
    "de": "anderer bekommen bitte brauchen danke eigentlich einfach einmal erhalten erst finden "
    "frage fragen ganz geben gehen genau gerade gern gerne gestern gut hallo helfen heute "
    "hilfe immer kommen kunde kundin lassen leider liegen machen mal morgen möchten mögen "
    "müssen neu oft richtig sache sagen sehen sofort sollen stehen tag tun viel vielleicht "
    "wissen wollen zeit zwei "
    "drei vier fünf sechs sieben acht neun zehn elf zwölf hundert tausend erster zweiter dritter "
    "nichts gleich klappen trotzdem jeder "
    "uhr minute stunde woche monat jahr montag dienstag mittwoch donnerstag freitag samstag "
    "sonntag januar februar märz april mai juni juli august september oktober november dezember "
    "euro cent leute person mensch mal sache dafür statt bisher",
}
"""Said in every request, in any theme: no stop words for a search, but never what one is about."""

_BUILT_OF = frozenset({"of"})
"""After these a noun goes on: who stops at "proof" has lost "of address"."""

_ROLES = {
    language: {word: role for role, some in roles.items() for word in some.split()}
    for language, roles in _WORDS.items()
}


@lru_cache(maxsize=20_000)
def role(word: str, language: str) -> Role:
    """What a word of a text does there; of an unknown language every word tells something."""
    low = word.casefold().replace("’", "'")
    if any(sign.isdigit() for sign in low):
        return Role.NUMBER
    if low.endswith("n't") and language == "en":
        return Role.CANNOT
    return _ROLES.get(language, {}).get(low, Role.TELLS)


def goes_on(word: str) -> bool:
    """Whether the noun before this word is not over."""
    return word.casefold() in _BUILT_OF
