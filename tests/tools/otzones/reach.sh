# Ways from zone to zone by conduits.
. tests/tools/try.sh
otzones reach -z "$policy" -f text
echo "== from the guests of Paris to the factory"
otzones reach -z "$policy" -f text from=paris/guests to=lagos/factory
echo "== who may write there: whoever comes by ssh"
otzones reach -z "$policy" -f text to=lagos/factory verb=write
otzones reach -z "$policy" to=tianjin/factory verb=read
try otzones reach -z "$policy" from=Factory
