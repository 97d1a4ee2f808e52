# Purpose: how scripts/test and scripts/check have Go code compiled: alike, so that one finds what the other compiled. They source it.
# Sets GOFLAGS, GOGC and GOMEMLIMIT, and the arrays watched: the flags of what runs under the race detector, and collecting: the command
# before a program that is run, which collects garbage as any other.
# shellcheck shell=bash

# Nobody debugs what is built here: without what a debugger reads, compiling takes an eighth less. Without inlining it takes another
# fifth less; what the tests spend their time in, the standard library and SQLite, keeps it.
plain="-dwarf=false"
GOFLAGS="${GOFLAGS:-} '-gcflags=all=$plain -l' -gcflags=std=$plain -gcflags=modernc.org/...=$plain"
export GOFLAGS
# Where memory has room, a compiler lives without collecting garbage, up to 2 GiB each, which is a twelfth of its work; the tests collect
# a third as often.
collecting=(env)
if [ "$(awk '/^MemAvailable/ { print $2 }' /proc/meminfo 2>/dev/null || echo 0)" -gt 12000000 ]; then
	collecting=(env "GOGC=${GOGC:-300}" "GOMEMLIMIT=${GOMEMLIMIT:-off}")
	export GOGC=off GOMEMLIMIT=2GiB
fi

# A program under the race detector sleeps for a second before it ends; eighty of them would wait for nothing.
export GORACE=${GORACE:-atexit_sleep_ms=50}

# Packages that compute on what they are given and share nothing: watching each of their steps for races finds nothing of ours and is
# half of the time. (What a template reads of ours is read by reflect, which is watched.) None may use sync.Map: the linker could take
# its code from there, unwatched, for ours. Pointer arithmetic, which ours has none of, is not checked. scripts/check vets.
plain="-d=checkptr=0 $plain"
watched=(-race "-gcflags=all=$plain -l" "-gcflags=std=$plain" "-gcflags=modernc.org/...=$plain")
for p in modernc.org/sqlite/lib modernc.org/libc/... regexp/... image/... compress/... strconv unicode/... golang.org/x/net/html/... \
	golang.org/x/image/... golang.org/x/crypto/... text/template/... html/template/... github.com/andybalholm/brotli/... \
	github.com/boombuler/barcode/... github.com/BurntSushi/toml/... github.com/go-json-experiment/json/jsontext/... \
	github.com/go-json-experiment/json/internal/... golang.org/x/text/unicode/norm github.com/yuin/goldmark/...; do
	watched+=("-gcflags=$p=-race=false $plain")
done
