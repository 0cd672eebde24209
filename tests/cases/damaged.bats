# SPDX-License-Identifier: MIT
# Damaged traces: a few of the damages that `make fuzz` makes, always the same.
#
# bats file_tags=analyzer

load ../lib/common

@test "damage to a trace ends in a report or in one sentence" {
	local trace skip seen=0
	for trace in "$TRACES"/*/; do
		[ -n "$(find "$trace" -name metadata)" ] || continue
		# dlscope gives up a reader that is stuck after 10 s of CPU time, which a busy machine makes minutes
		for skip in 0 2 4 6 8 10; do
			echo "# ${trace#"$TRACES/"} $skip" >&3 # babeltrace2 2.1 takes long for some of them
			run "$DLSCOPE_SOURCE/scripts/fuzz" --build "$DLSCOPE_BUILD" --skip "$skip" --runs 2 --seed 3 --timeout 300 --keep "$PWD/kept" "$trace"
			[ "$status" -eq 0 ] || fail "$output"
			[[ $output =~ ^[1-9][0-9]*" traces, 2 damaged copies of each, 0 failures"$ ]] || fail "$output"
			seen=$((seen + 1))
		done
	done
	((seen))
}

@test "the fuzz run notices a reader that crashes" {
	mkdir -p crashing/bin
	printf '#!/bin/sh\nkill -SEGV $$\n' >crashing/bin/dlscope
	chmod +x crashing/bin/dlscope
	run "$DLSCOPE_SOURCE/scripts/fuzz" --build crashing --runs 1 --keep "$PWD/kept"
	[ "$status" -eq 1 ] || fail "$output"
	[ -n "$(ls kept)" ] || fail "nothing was kept"
}
