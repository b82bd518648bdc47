"""What German compounds are made of and what not, where the dictionary's nouns do not tell.

The general dictionary has a quarter of a million nouns, the short ones among them mostly by chance
inside of other words (Tand, Walt, Ster). So parts of three and four letters are listed.
"""

_SHORT = """
abo akt amt app arm art bad bau bot box bus eis fan fax gas gut hit hof hub hut job maß mut not
ort pin rad rat ruf see set tag tal tat tee tip ton top tor tür typ uhr web weg zug akte arzt auge
auto bahn ball band bank baum berg bett bier bild blog boot bote brot buch bund burg büro café
camp card chat chef chip chor club code dach dame data demo dieb dorf dose ecke ende erbe euro
fach fall farm fass feld fest film flug fluß flur form foto frau funk fuß gang gast geld glas grab
grad gras gruß gurt haar haft hahn hand haus haut heft heim held helm hemd herd herr herz höhe
holz hose hund idee jagd jahr käse kauf kern kind kino kita klub koch kopf korb korn kost kran
kurs lack lage land laub lärm last lauf leid lied liga line link list loch lohn look luft mail
mann mark maus maut meer menü mode mond mord müll mund nähe name nest netz news norm note nuss
obst ofen paar pack pakt park pass pfad plan plus pool post pult quiz rand rang rate raub raum
rede reis reiz rest riss rock rohr ruhe saal saat sack saft salz satz scan seil shop show sinn
site sitz sohn song spur stab stau stil tank tanz team teil test text tier tipp tool topf tour
tuch turm ufer urne vase vieh volk wahl wald wand ware welt werk wert wind wirt witz wohl wolf
wort wurf zahl zahn zaun zeit zelt ziel zins zoll zone
"""
_ONLY_FIRST = "atom bio blut e ehe erd gold kfz kur lkw neu öko öl pdf pkw tele wild"
_NO_NOUNS = """
alt doppel eigen einzel erst extra fach fern fremd gesamt groß halb haupt hoch klein komplett kurz
lang mehr mindest mobil neben neu online privat rück schnell selbst sonder sozial spezial standard
teil zentral zusatz
"""
_PREFIXES = """
ab an auf aus be bei da dar durch ein emp ent er fehl ge gegen her hin hinter los miss mit nach
nieder ob ober rück über um un unter ur ver vor voran voraus weg weiter wider wieder zer zu zurück
zusammen
"""
_NEVER = """
schaft heit keit ung tum nis nisse chen lein ling ismus ion tion ität bar haft los sam isch nation
nativ ration tektur weile bezogen bezogene acht agram grafie ahmen alien ant ard avers best elle
ellen esse gier halt hundert inter kunft lade lose nische samt sand stent ster tand tell transe
verb vers walt zehnte zeug zeuge
"""
_WHOLE = """
diebstahl donnerstag freitag jahrhundert jahrzehnt plattform samstag sonnabend sonntag
"""

SHORT = frozenset(_SHORT.split())
"""Parts of up to four letters."""
SHORT_FIRST = SHORT | frozenset(_ONLY_FIRST.split())
"""The same for all parts but the last."""
NO_NOUNS = frozenset(_NO_NOUNS.split())
"""No nouns, but the beginning of many compounds."""
PREFIXES = tuple(_PREFIXES.split())
NEVER = frozenset(_NEVER.split())
"""Endings, and words that stand inside of others by chance: never parts."""
WHOLE = frozenset(_WHOLE.split())
"""Compounds by origin whose parts say nothing about them."""
