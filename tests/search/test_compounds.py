"""Taking words of customer service and public administration apart, measured and one by one."""

from __future__ import annotations

import pytest

from cxwiki.search.words.compounds import split, terms_in

COMPOUNDS = """
vertretungs|plan krankheits|vertretung krankheits|vertretungs|plan stunden|plan kunden|service
kunden|nummer rechnungs|betrag rechnungs|adresse liefer|adresse liefer|termin warte|zeit
warte|schleife zähler|stand zähler|nummer strom|zähler abschlags|zahlung jahres|abrechnung
monats|abschlag mahn|gebühr kündigungs|frist vertrags|laufzeit vertrags|verlängerung
vertrags|partner kunden|konto kunden|daten daten|schutz datenschutz|erklärung passwort|änderung
anmelde|formular antrags|formular bau|antrag bau|amt finanz|amt jugend|amt sozial|amt
bürger|büro bürger|service bürger|meister reise|pass personal|ausweis führer|schein wohn|geld
wohn|sitz wohnungs|amt geburts|urkunde heirats|urkunde sterbe|urkunde eltern|geld kinder|geld
kinder|garten schul|amt schul|jahr stunden|konto arbeits|platz arbeits|zeit arbeit|geber
arbeit|nehmer arbeits|vertrag krankheits|fall kranken|kasse kranken|haus pflege|dienst
pflege|heim alters|heim renten|antrag renten|bescheid steuer|bescheid gebühren|bescheid
gebühren|ordnung öffnungs|zeiten termin|vergabe termin|buchung termin|absage online|antrag
online|dienst post|fach brief|kasten brief|wahl wahl|amt wahl|lokal müll|abfuhr bild|schirm
haus|arzt kranken|wagen termin|kalender sperr|müll abfall|kalender straßen|reinigung straßen|bau
park|platz park|ausweis fahr|plan fahr|karte zug|verspätung bahn|hof halte|stelle service|stelle
beschwerde|stelle beschwerde|management qualitäts|sicherung kunden|zufriedenheit
kunden|beschwerde antwort|zeit rück|ruf bearbeitungs|zeit bearbeitungs|stand sach|bearbeiter
sach|gebiet ansprech|partner telefon|nummer telefon|anlage telefon|leitung haus|anschluss
haus|verwaltung haus|nummer bank|verbindung konto|nummer konto|stand last|schrift zahlungs|ziel
zahlungs|erinnerung zahlungs|verzug raten|zahlung gut|schein gut|schrift wörter|buch hand|buch
benutzer|konto benutzer|oberfläche benutzer|name fehler|meldung fehler|code störungs|meldung
strom|ausfall wasser|rohr|bruch wasser|schaden heizungs|ausfall tages|karte adress|änderung
namens|änderung sprach|kurs miet|vertrag kontroll|gang lebens|lage sicherheits|abfrage
zugangs|daten einkaufs|wagen waren|korb liefer|verzögerung rück|sendung versand|kosten
versand|bestätigung bestell|nummer bestell|bestätigung garantie|fall grund|stück grund|steuer
hunde|steuer gewerbe|schein gewerbe|anmeldung wirtschafts|förderung ausländer|behörde
aufenthalts|titel einwohner|melde|amt melde|bescheinigung führungs|zeugnis hunde|marke
anmelde|frist vorsorge|termin impf|termin impf|pass gesundheits|amt bau|genehmigung umwelt|amt
ordnungs|amt standes|amt einwohner|antrag bundes|amt landes|regierung gemeinde|rat stadt|rat
stadt|verwaltung stadt|werke gas|zähler wasser|zähler energie|versorger energie|preis
tarif|wechsel anbieter|wechsel umzugs|service umzugs|meldung hausmeister|dienst
reparatur|auftrag ersatz|teil ersatz|lieferung liefer|schein liefer|status paket|dienst
paket|verfolgung zustell|versuch post|leitzahl adress|buch rabatt|code gutschein|code
geschenk|karte kredit|karte bank|konto überweisungs|träger zahlungs|eingang zahlungs|art
rechnungs|nummer rechnungs|stellung steuer|nummer steuer|erklärung lohn|steuer
gehalts|abrechnung urlaubs|antrag schicht|plan dienst|plan raum|buchung besprechungs|raum
team|leitung team|besprechung projekt|leiter software|fehler daten|bank daten|verlust
netz|ausfall internet|anschluss router|tausch leitungs|störung techniker|termin warte|schlange
anruf|beantworter gesprächs|dauer gesprächs|notiz telefon|warteschleife rückgabe|recht
widerrufs|frist widerrufs|recht kauf|vertrag kauf|preis preis|erhöhung preis|anpassung
vertrags|ende monats|ende wochen|ende jahres|ende bearbeitungs|gebühr säumnis|zuschlag
verzugs|zinsen schuld|schein inkasso|büro anwalts|kosten gerichts|verfahren bürger|beteiligung
bürger|geld arbeitslosen|geld arbeits|amt arbeits|agentur berufs|schule schul|weg schul|bus
schul|leitung eltern|abend eltern|beirat klassen|fahrt stunden|ausfall unterrichts|ausfall
lehrer|mangel lehrer|zimmer kranken|schein kranken|versicherung pflege|versicherung pflege|grad
fach|arzt arzt|praxis sprech|stunde notfall|nummer kirchen|steuer grund|buch grundbuch|amt
bebauungs|plan flächen|nutzungs|plan straßen|beleuchtung straßen|verkehr verkehrs|schild
parkraum|bewirtschaftung anwohner|parken fahrrad|weg fahrrad|ständer rad|weg spiel|platz
sport|platz sport|verein schwimm|bad hallen|bad
"""
WHOLE = """
versand verstand anwalt bestand bereich auskunft kundin konto rechnung termin zufriedenheit
mitarbeiter formular antrag auftrag vertrag betrag gebühr bescheid zuständigkeit beratung
leistung kollege beschwerde anschluss behörde meldung partner minister personal material kapital
protokoll standard garantie portal sommer wasser morgen montag samstag dienstag freitag
donnerstag urlaub gehalt erfolg ergebnis ereignis interesse information kontrolle kontakt
projekt produkt prozess anforderung unterlage oberfläche verantwortung gesundheit vorschlag
abschlag zuschlag umschlag nachricht regierung einkommen einwohner eigentum wachstum mannschaft
gesellschaft botschaft wirtschaft wissenschaft freundschaft lieferung zeitung ordnung öffnung
hoffnung sicherheit wahrheit garten kosten steuer fenster muster kloster register semester
anfrage antwort ausweis beispiel verwaltung verfahren verordnung verbraucher versicherung
verspätung verlängerung vertretung vergabe verzögerung erinnerung erklärung erstattung
entscheidung entschädigung genehmigung gemeinde gericht gesetz gewerbe bearbeitung bestellung
bestätigung bezahlung benutzer bewohner bürger bürgerin patient patientin schülerin lehrerin
direktor assistent dokument instrument argument element moment parlament departement abteilung
abrechnung ablehnung anmeldung anleitung anliegen anspruch aufenthalt ausbildung ausstellung
ausnahme einladung einspruch einstellung mahnung kündigung zahlung störung wartung reparatur
installation reklamation registrierung identität qualität universität nationalität priorität
kompetenz konferenz referenz differenz präsident student agentur infrastruktur temperatur
signatur literatur kandidat zertifikat internet computer tastatur monitor server browser
passagier barriere karriere widerspruch widerruf hinweis nachweis nachfrage umfrage umzug zugang
eingang ausgang übergang überweisung unterschrift untersuchung unternehmen landschaft ortschaft
bereitschaft krankheit gelegenheit möglichkeit freundlichkeit höflichkeit pünktlichkeit
erreichbarkeit vorgang vorteil nachteil urteil anteil gegenteil gegenstand umstand abstand
zustand rückstand sachverhalt sendung spende schulden leiter leitung filiale finanzen geschäft
bibliothek apotheke hypothek diskothek kaffee tomate karotte banane orange schokolade marmelade
limonade abgabe abgleich ablauf abnahme abruf absage absender abzug agenda akzeptanz aktion
aktivierung alternative anbieter anbindung angabe angebot angehörige angestellte anlass
anpassung anruf ansatz ansicht anweisung anwendung anzahl anzeige applikation architektur
artikel aspekt auflage auflösung aufnahme aufwand ausdruck ausfall ausgabe auslastung aussage
auszahlung automatisierung bedarf bedienung bedingung bedürfnis begleitung begründung beitrag
benachrichtigung berechtigung bericht beruf beschluss beschreibung besuch besucher beteiligung
betreuung betrieb bewertung beziehung dashboard datei definition demokratie designer dialog
diskussion disposition dringlichkeit effizienz einbindung einführung einheit einigung einsatz
einsicht eintrag einwand emission empfang empfehlung empfänger engagement entlastung entwicklung
erfahrung erfassung erhebung erhöhung erlaubnis ermittlung ersatz erwartung existenz expertise
export faktor fassung filter formulierung forschung fortschritt frequenz funktion garderobe
generation gespräch gremium gruppe handlung händler haushalt hersteller hilfe identifikation
implementierung import indikator initiative innovation institution integration intervall
interview investition kalender kampagne kanzlei kategorie klausel klient koalition kollegin
kombination kommentar kommission kommunikation komponente konflikt konsequenz konzept
kooperation koordination korrektur krise kriterium kultur lagerung laptop lizenz logistik lösung
management manager mandant maschine maßnahme methode migration minderung mobilität modell
moderation motivation navigation niveau objekt operation option organisation original paragraph
partei patent pension periode perspektive plattform position prämie praxis problem produktion
programm prognose prüfung publikum quartal qualifikation quittung reaktion realität recherche
redaktion reduzierung reform regelung relevanz rendite reserve ressource resultat revision
risiko routine sanierung schaden schaltung schulung sekretariat selektion senioren sequenz
service sitzung skizze software sortiment spezialist stabilität statistik steigerung stiftung
strategie struktur studium subvention summe symptom synergie system tabelle technologie template
tendenz terminal thematik theorie ticket toleranz tradition transaktion transparenz treffen
trend umgebung umsetzung unfall unterkunft urkunde variante veranstaltung verbesserung
verbindung verdacht verein verfassung vergleich verhalten verkauf verkehr verlag verlauf verlust
vermittlung vermögen verpflichtung version versuch verteiler verteidigung verweis verzicht video
virus visum volumen voraussetzung vorbereitung vorgabe vorlage vorsitz vorsorge vorstand wechsel
werkzeug widmung wirkung zuordnung zusage zusammenarbeit zusammenfassung zuschuss zustimmung
zutritt zuverlässigkeit
"""


def nothing(_term: str) -> int:
    """The dictionary of a site without a text."""
    return 0


def parts(word: str, **site: int) -> list[str]:
    return [part.term for part in split(word.lower(), lambda term: site.get(term, 0))]


def terms(word: str, **site: int) -> set[str]:
    found = split(word.lower(), lambda term: site.get(term, 0))
    return set(terms_in(word.lower(), found))


def expected(marked: str) -> set[int]:
    """The places where a word marked with | is a joint."""
    pieces = marked.split("|")
    return {sum(map(len, pieces[:number])) for number in range(1, len(pieces))}


def test_precision_and_recall_without_any_text_of_the_site() -> None:
    """Finer is right as well: Datenschutz|erklärung is Daten|schutz|erklärung."""
    right = wrong = missed = 0
    for marked in COMPOUNDS.split():
        starts = {part.start for part in split(marked.replace("|", ""), nothing)[1:]}
        right += bool(starts) and expected(marked) <= starts
        wrong += bool(starts) and not expected(marked) <= starts
        missed += not expected(marked) <= starts
    wrong += sum(bool(split(word, nothing)) for word in WHOLE.split())
    precision, recall = right / (right + wrong), right / (right + missed)
    print(f"{len(COMPOUNDS.split())} compounds, {len(WHOLE.split())} others:", precision, recall)
    assert precision >= 0.97
    assert recall >= 0.85


@pytest.mark.parametrize(
    ("word", "found"),
    [
        ("Vertretungsplan", {"vertretung", "plan"}),
        ("Krankheitsvertretung", {"krankheit", "vertretung"}),
        (
            "Krankheitsvertretungsplan",
            {"krankheit", "vertretung", "plan", "krankheitsvertretung", "vertretungsplan"},
        ),
        ("Krankheitsvertretungspläne", {"krankheit", "vertretung", "plan"}),
        ("Stundenpläne", {"stunde", "plan"}),
        ("Wörterbücher", {"wort", "buch"}),
        ("Straßenreinigung", {"strasse", "reinigung"}),
        ("Kundinnenservice", {"kunde", "service"}),
        ("Jahresabrechnung", {"jahr", "abrechnung"}),
        ("Adressänderung", {"adresse", "anderung"}),
        ("Wohngeld", {"wohnen", "geld"}),
    ],
)
def test_a_compound_is_found_by_its_parts(word: str, found: set[str]) -> None:
    assert found <= terms(word)


@pytest.mark.parametrize(
    "word",
    [
        "Versand",
        "Verstand",
        "Anwalt",
        "Bestand",
        "Bereich",
        "Auskunft",
        "Kundin",
        "Konto",
        "Rechnung",
        "Termin",
        "Zufriedenheit",
        "Bescheinigung",
        "Verbraucher",
        "Notwendigkeit",
        "Donnerstag",
        "Beitragende",
        "Maßnahme",
        "Regelung",
    ],
)
def test_what_only_looks_like_a_compound_stays_whole(word: str) -> None:
    assert parts(word) == parts(word, ver=9, sand=9, stand=9, walt=9, be=9, aus=9) == []


def test_words_that_only_the_site_has_are_parts() -> None:
    assert parts("Zorbixlieferung") == []
    assert parts("Zorbixlieferung", zorbix=1) == ["zorbix", "lieferung"]
    assert parts("Tarifzorbix", zorbix=1) == ["tarif", "zorbix"]


def test_of_several_ways_the_site_s_own_words_decide() -> None:
    assert parts("Wohnungsamt") == ["wohnung", "amt"]
    assert parts("Staubecken", stau=5, becken=5) == ["stau", "becken"]
    assert parts("Staubecken", staub=5, ecke=5) == ["staub", "ecke"]


@pytest.mark.parametrize(
    "word", ["", "a", "ab-cd-ef", "x" * 1000, "stundenplan1", "😀" * 8, "請求書請求書"]
)
def test_anything_else_is_no_compound(word: str) -> None:
    assert parts(word) == []
