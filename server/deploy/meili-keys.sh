#!/bin/sh
# Makes the two scoped keys the server uses and writes them where it reads them: one that may only search, one that may write.
# The master key stays here. Swaps are global tasks, so the write key covers all indexes.
# What a key may do cannot be changed later: a key with other actions needs another uid.
set -eu
master=$(cat /run/secrets/meili_master_key)
make_key() { # make_key FILE BODY: the uid is fixed, so a second run finds the key that is there
	uid=$(echo "$2" | sed 's/.*"uid":"\([^"]*\)".*/\1/')
	answer=$(curl -fsS -H "Authorization: Bearer $master" "$MEILI_URL/keys/$uid" 2>/dev/null ||
		curl -fsS -X POST -H "Authorization: Bearer $master" -H 'Content-Type: application/json' -d "$2" "$MEILI_URL/keys")
	umask 077
	echo "$answer" | sed 's/.*"key":"\([^"]*\)".*/\1/' >"/keys/$1.new"
	chown 10001:10001 "/keys/$1.new"
	mv "/keys/$1.new" "/keys/$1"
}
make_key search '{"uid":"5f3a1e1c-6c1d-4b52-9a53-0b1c7a2f0001","name":"shangquan search","actions":["search"],"indexes":["listings"],"expiresAt":null}'
make_key write '{"uid":"5f3a1e1c-6c1d-4b52-9a53-0b1c7a2f0003","name":"shangquan write","actions":["documents.*","indexes.*","settings.*","tasks.get","tasks.delete","stats.get","version"],"indexes":["*"],"expiresAt":null}'
