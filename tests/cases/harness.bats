# SPDX-License-Identifier: MIT
# The runner itself: a failure, a hang or an early end must never look like a pass.

load ../lib/common

# suite FILE: a tree of its own with one bats file, read from stdin.  CASE stands
# for @test, which bats would take for one of this file.
suite() {
	mkdir -p tree/tests/cases tree/tests/transparency tree/tests/lib
	printf '#!/bin/sh\n[ "$1" = --list ] || echo 1..0\n' >tree/tests/transparency/run
	chmod +x tree/tests/transparency/run
	cp "$DLSCOPE_SOURCE/tests/run" tree/tests/run
	cp "$DLSCOPE_SOURCE/tests/lib/own_run" tree/tests/lib/own_run
	sed "s/^CASE /@test /" >"tree/tests/cases/$1.bats"
}

# The runner on that tree; $last is its last line.  Not with the bats inside of bats,
# which is before the program in PATH and from 1.11 on lacks what that sets.
runner() {
	PATH=${PATH//"$BATS_LIBEXEC:"/} run tree/tests/run --build tree "$@"
	last=${lines[-1]}
}

@test "counts passed, failed and skipped, and shows what a failure said" {
	suite mixed <<-'END'
		CASE "good" { true; }
		CASE "bad" { echo "the reason"; false; }
		CASE "absent" { skip "no such thing"; }
	END
	runner
	[ "$status" -eq 1 ] && [ "$last" = "1 passed, 1 failed, 1 skipped" ] || fail "$output"
	assert_output_has "the reason"
	assert_output_has "absent: no such thing"
}

@test "passes when all pass" {
	suite good <<-'END'
		CASE "good" { true; }
	END
	runner
	[ "$status" -eq 0 ] && [ "$last" = "1 passed, 0 failed, 0 skipped" ] || fail "$output"
}

@test "a hang has failed, by name, and so has what came after it" {
	suite hang <<-'END'
		CASE "good" { true; }
		CASE "never ends" { sleep 1000; }
		CASE "never begins" { true; }
	END
	runner --timeout 5
	[ "$status" -eq 1 ] && [ "$last" = "1 passed, 2 failed, 0 skipped" ] || fail "$output"
	assert_output_has "hang: never ends"
	assert_output_has "hang: never begins"
}

@test "an early end has failed" {
	suite early <<-'END'
		CASE "good" { true; }
		CASE "kills the runner of tests" { kill -KILL 0; }
		CASE "never begins" { true; }
	END
	runner
	[ "$status" -eq 1 ] && [ "$last" = "1 passed, 2 failed, 0 skipped" ] || fail "$output"
}

@test "a file that is no test has failed" {
	suite broken <<-'END'
		CASE "unfinished" {
	END
	runner
	[ "$status" -eq 1 ] && [[ $last == "0 passed, "[1-9]*" failed, 0 skipped" ]] || fail "$output"
}

@test "a name that fits nothing is an error" {
	suite good <<-'END'
		CASE "good" { true; }
	END
	runner nothing-is-called-so
	[ "$status" -eq 2 ] || fail "$output"
}
