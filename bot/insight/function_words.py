"""Words that hold sentences together and say nothing of the subject, in the languages most written here.

Only words that mean nothing else in another of these languages: not "die", "sin" or "pour". Other languages need no
list, since a word found in every group soon weighs little; with a list the first texts go right too.
"""

from __future__ import annotations

_ENGLISH = """
a about after again all also although always am among an and another any anybody anyone anything are around as at
be became because been before being between both but by can cannot could did do does doing done down during each
either else enough etc even ever every everybody everyone everything few first for from get gets getting give go
goes going got had has have having he hence her here hers him his how however i if in indeed instead into is it
its itself just keep last least less like ll made make makes many may me might mine more most much must my myself
need needs neither never no nobody none nor not nothing now of off often on once one only onto or other others our
ours out over own per perhaps please possible put quite rather re really s same see seem seems several she should
since so some somebody someone something sometimes still such t than that the their theirs them themselves then
there therefore these they thing things this those though through thus to together too toward towards two under
until up upon us use used uses using ve very via was way we well were what whatever when whenever where whether
which while who whole whom whose why will with within without would yet you your yours yourself
couldn d didn doesn don hadn hasn haven isn m shouldn wasn weren won wouldn aren ain
"""
_GERMAN = """
aber als auch auf aus bei beim bis da damit dann das dass dazu dein dem der des dich dir doch du durch ein eine einem
einen einer eines er es euch für gegen hab habe haben hatte ich ihm ihn ihr ihre im ist jetzt kann kein keine mehr
mein meine mich mir mit nach nicht noch nun nur oder ohne schon sehr sein seine sich sie sind so über um und uns unser
unter vom von vor wann warum weil wenn werden wie wieder wird wir wo wurde zu zum zur zwischen
"""
_FRENCH = """
alors au aussi j l qu aux avec avoir ce cela ces cet cette chez comme dans de depuis des donc du elle elles en encore
entre est-ce et être eux faire fait il ils je jusqu la là le les leur leurs lui ma mais me mes moi moins mon ne nos
notre nous où par pas peu peut plutôt puis quand que quel quelle qui sa sans se ses si sont sous ta te tes toi très
trop tu un une vers vos votre vous y été était
"""
_SPANISH = """
al algo ante antes aquí así cada como con contra cual cuando del desde donde durante el ella ellos en entre era eres es
esa ese eso esta está estaba estamos estar estas este esto estos estoy están fue ha hace hacer hasta hay la las le les
lo los luego me mi mis muy más nada ni nos nosotros nuestra nuestro o otra otro para pero poco por porque que qué quien
se ser si sobre somos son soy su sus también tanto te tiene tengo todo todos tu un una uno unos y ya yo él
"""
_PORTUGUESE = """
ao aos aquele aquela aqui até com da das dele dela do dos e ela eles em então era essa esse está estão eu foi isso isto
já lhe mais mas mesmo meu minha muito na nas nem no nos não numa num nós o os ou outra outro para pela pelas pelo pelos
pois quando que quem são se sem ser seu sua também tem tenho um uma você à às é
"""
_ITALIAN = """
al alla alle allo anche ancora che chi ci come con cosa da dal dalla degli dei del della delle dello di dopo dove e ed
era fra gli ha hanno ho il in io la le lei li lo loro lui ma mi mio nei nel nella noi non o per perché però più poi
prima quale quando quello questa questo qui se sei sempre si sia sono su sua sul sulla suo ti tra tu tutti tutto
un una uno vi voi è
"""
_DUTCH = """
aan al alleen als bij dan dat de deze die-dat dit doen door dus een er eens en geen had heb hebben heeft het hij hoe hun
iets ik in is ja je jij kan kunnen maar meer met mijn moet naar niet niets nog nu of om omdat onder ons onze ook op over
te tegen toch tot uit uw van veel voor waar waren wat we wel welke wij wordt worden ze zelf zich zij zijn zo zonder
zou
"""

FUNCTION_WORDS = frozenset(
    f"{_ENGLISH}{_GERMAN}{_FRENCH}{_SPANISH}{_PORTUGUESE}{_ITALIAN}{_DUTCH}".split()
)
"""Never a word of a pattern."""
