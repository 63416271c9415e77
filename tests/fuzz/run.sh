#!/bin/sh
# run.sh [SECONDS]: builds every tests/fuzz/*_fuzz.c with clang's libFuzzer,
# ASan and UBSan, and runs each that long (60). What was found lies in
# build-fuzz/; the corpus stays there for the next run. Prints
# `N passed, N failed, N skipped`.
set -u
cd "$(dirname "$0")/../.." || exit 99
seconds=${1:-60}
build=${FUZZ_BUILD:-build-fuzz}
flags="-fsanitize=address,undefined -fno-sanitize-recover=all"
set -- tests/fuzz/*_fuzz.c

skip()
{
	echo "skipped: fuzzing: $1"
	echo "0 passed, 0 failed, $targets skipped"
	exit 0
}

targets=$#
command -v clang > /dev/null || skip "no clang"
mkdir -p "$build/obj" || exit 99
echo 'int LLVMFuzzerTestOneInput(const unsigned char *p, unsigned long n);
int LLVMFuzzerTestOneInput(const unsigned char *p, unsigned long n)
{ return !p && n; }' > "$build/probe.c"
# shellcheck disable=SC2086 # flags are words
clang -fsanitize=fuzzer $flags "$build/probe.c" -o "$build/probe" \
    2> "$build/probe.log" || skip "clang has no libFuzzer"

packages="libzstd libcjson"
defines=
for optional in libpcap:HAVE_LIVE zlib:HAVE_ZLIB; do
	if pkg-config --exists "${optional%:*}"; then
		packages="$packages ${optional%:*}"
		defines="$defines -D${optional#*:}"
	fi
done
# shellcheck disable=SC2086,SC2089 # words; the quotes are for the compiler
cflags="-std=c11 -D_GNU_SOURCE -g -O1 -pthread -fno-omit-frame-pointer $flags \
    -fsanitize=fuzzer-no-link $defines -DPACKAGE_VERSION=\"0\" \
    -DOT_DATADIR=\"$PWD/lib/data\" -Ilib $(pkg-config --cflags $packages)"

{
	echo '#include "proto/proto.h"'
	sed -n 's|^PROTOCOLS += lib/proto/\(.*\)\.c$|\1|p' \
	    lib/proto/protocols.am > "$build/names"
	sed 's/.*/extern const struct ot_proto ot_proto_&;/' "$build/names"
	echo 'const struct ot_proto *const ot_protocols[] = {'
	sed 's/.*/\&ot_proto_&,/' "$build/names"
	echo 'NULL };'
} > "$build/table.c"

# One object for each source, made anew where it or a header is newer.
newest=$(find lib tests/fuzz -name '*.h' -newer "$build/stamp" 2> /dev/null |
    head -n 1)
[ -e "$build/stamp" ] && [ -z "$newest" ] || rm -f "$build"/obj/*.o
touch "$build/stamp"
for source in lib/*/*.c "$build/table.c"; do
	[ "$source" != lib/proto/table.c ] || continue
	object=$build/obj/$(echo "$source" | tr / _).o
	[ "$object" -nt "$source" ] || echo "$source $object"
done > "$build/todo"
# shellcheck disable=SC2016 # $0 and $1 are the inner shell's
cflags=$cflags xargs -P "$(nproc)" -n 2 sh -c \
    'clang $cflags -c "$0" -o "$1"' < "$build/todo" || exit 1

python3 tests/fuzz/seeds.py . "$build/seeds" || exit 1
passed=0
failed=0
for source; do
	name=$(basename "$source" .c)
	short=${name%_fuzz}
	mkdir -p "$build/corpus/$short" "$build/found" "$build/seeds/$short"
	# shellcheck disable=SC2086
	clang $cflags -fsanitize=fuzzer "$source" "$build"/obj/*.o \
	    -o "$build/$name" $(pkg-config --libs $packages) -lcsv -lm || exit 1
	echo "== $name: $seconds seconds"
	if "$build/$name" -max_total_time="$seconds" -timeout=20 \
	    -rss_limit_mb=3000 -max_len=65536 -print_final_stats=1 \
	    -artifact_prefix="$build/found/$short-" "$build/corpus/$short" \
	    "$build/seeds/$short" > "$build/$name.log" 2>&1; then
		passed=$((passed + 1))
		grep -E 'stat::(number_of_executed|peak_rss)|^Done' \
		    "$build/$name.log"
	else
		failed=$((failed + 1))
		grep -vE '^#[0-9]+' "$build/$name.log" | tail -n 40
	fi
done
echo "$passed passed, $failed failed, 0 skipped"
[ "$failed" -eq 0 ]
