"""Words that say nothing by themselves: queries skip them unless there is nothing else."""

_GERMAN = """
ab aber alle allem allen aller alles als also am an auch auf aus bei beim bin bis bist da dabei
dadurch damit dann daran darauf daraus das dass dazu dein deine dem den denn der deren des dessen
dich die dies diese diesem diesen dieser dieses dir doch dort du durch ein eine einem einen einer
eines er es etwas euch euer für gegen gibt habe haben habt hat hatte hatten hier ich ihm ihn ihnen
ihr ihre ihrem ihren ihrer im in indem ins ist ja jede jedem jeden jeder jedes jetzt kann kannst
können könnte man mehr mein meine meinem meinen meiner mich mir mit muss müssen nach nicht noch
nun nur ob oder ohne schon sehr sein seine seinem seinen seiner seit sich sie sind so soll sollte
sondern sonst um und uns unser unsere unter vom von vor wann war waren warum was weil welche
welchem welchen welcher welches wenn wer werde werden wie wieder wieso will wir wird wirst wo
wurde wurden über zu zum zur zwischen
"""

_ENGLISH = """
a about after again all also am an and any are aren as at be because been before being both but by
can cannot could couldn did didn do does doesn doing don done for from get gets getting got had
hadn has hasn have haven having he her here hers him his how i if in into is isn it its itself
just let ll me more most must my no nor not of off on once only or other our ours out over own re
same shall she should shouldn so some such than that the their theirs them then there these they
this those through to too under until up ve very was wasn we were weren what when where which
while who whom whose why will with won would wouldn you your yours
"""

STOP_WORDS = {"de": frozenset(_GERMAN.split()), "en": frozenset(_ENGLISH.split())}
ALL_STOP_WORDS = STOP_WORDS["de"] | STOP_WORDS["en"]
