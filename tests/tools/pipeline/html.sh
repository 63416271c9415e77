# The page of the four sites: what is in it, and that it needs nothing else.
. tests/tools/try.sh
html=$tmp/report.html
otcap -q --sensor-from file "$samples"/*.pcapng |
    otcheck -q -z "$policy" -f "html=$html"
echo "status $?"
head -n 1 "$html"
echo '== what it may load'
grep -o '<meta[^>]*Content-Security-Policy[^>]*>' "$html" |
    sed "s/'sha256-[^']*'/'sha256-HASH'/g"
echo '== references: none leads out'
grep -oE '(src|href|action|data|poster|formaction|xlink:href)="[^"]*"' "$html" |
    grep -vE '="#' | sort -u
grep -oE '(url\([^#)]|@import|<(link|iframe|object|embed|img|base|form)[ >])' \
    "$html" | sort -u
grep -oE '(https?|ftp|file|javascript|data):[^ "<]*' "$html" | sort -u
echo '== handlers in attributes: none'
grep -oE '<[^>]* on[a-z]+=' "$html" | sort -u
echo '== names'
for name in paris/guests paris/sales paris/executive dubai/convention-center \
    tianjin/offices lagos/factory tianjin/factory 'PLC of the press' \
    historian 'jump host' ZON-001 ZON-002 ZON-013 ZON-021 \
    '203.0.113.99' 'zones/four-sites/conduits.csv:4' 'otf1-' \
    'lagos-offices.pcapng'; do
	grep -qF "$name" "$html" || echo "missing: $name"
done
grep -oE '<(svg|table|caption|h1|h2)[ >]' "$html" | tr -d '< >' | sort -u
grep -oE '<h2[^>]*>[^<]*' "$html" | sed 's/<[^>]*>//'
