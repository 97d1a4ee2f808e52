# Purpose: how scripts/test and scripts/check have Go code compiled: alike, so that one finds what the other compiled. They source it.
# Sets GOFLAGS and GOGC, and the array watched: the flags of what runs under the race detector.
# shellcheck shell=bash

# Nobody debugs what is built here: without what a debugger reads, compiling takes an eighth less.
export GOFLAGS="${GOFLAGS:-} -gcflags=all=-dwarf=false"
# The compiler and the tests collect garbage a third as often where memory has room for it; an eighth of their work is that.
if [ "$(awk '/^MemAvailable/ { print $2 }' /proc/meminfo 2>/dev/null || echo 0)" -gt 12000000 ]; then export GOGC=${GOGC:-300}; fi

# Packages that compute on what they are given and share nothing: watching each of their steps for races finds nothing of ours and is
# half of the time. (What a template reads of ours is read by reflect, which is watched.) None may use sync.Map: the linker could take
# its code from there, unwatched, for ours. Pointer arithmetic, which ours has none of, is not checked. scripts/check vets.
plain="-d=checkptr=0 -dwarf=false"
watched=(-race "-gcflags=all=$plain")
for p in modernc.org/sqlite/lib modernc.org/libc/... regexp/... image/... compress/... strconv unicode/... golang.org/x/net/html/... \
	golang.org/x/image/... golang.org/x/crypto/... text/template/... html/template/... github.com/andybalholm/brotli/... \
	github.com/boombuler/barcode/... github.com/BurntSushi/toml/... github.com/go-json-experiment/json/jsontext/... github.com/yuin/goldmark/...; do
	watched+=("-gcflags=$p=-race=false $plain")
done
# Our own code is not inlined: compiling it takes a quarter less, and the tests as long as before.
watched+=("-gcflags=shangquan/...=-l $plain")
