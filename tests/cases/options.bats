# SPDX-License-Identifier: MIT
# The command line: help, version, and what is said of wrong ones.
#
# bats file_tags=analyzer

load ../lib/common

@test "help and version go to stdout" {
	dlscope --help
	assert_status 0
	assert_stderr_empty
	for word in 'dlscope record' 'dlscope report' 'dlscope events' '-- CMD' --strict; do
		assert_output_has "$word"
	done
	dlscope record --help
	assert_status 0
	assert_output_has --stack
	[[ $output != *--format* ]] || fail "record does not take --format"
	dlscope --version
	assert_status 0
	[ "$output" = "dlscope $(cat "$DLSCOPE_SOURCE/VERSION")" ] || fail "$output"
}

@test "a full disk under --help is told" {
	run bash -c '"$DLSCOPE" --help >/dev/full'
	[ "$status" -eq 2 ] || fail "status $status"
}

@test "wrong command lines: one sentence, 2, or 125 where a program would run" {
	while IFS='|' read -r expected words line; do
		# shellcheck disable=SC2086
		dlscope $line
		assert_status "$expected"
		assert_one_complaint
		assert_stderr_has "$words"
		assert_stderr_has "try 'dlscope --help'"
		assert_output_empty
	done <<-'EOF'
		2|nothing to do|
		2|did you mean 'record'|recrd
		2|did you mean 'report'|reports
		2|dlscope -- python3|python3 app.py
		2|unknown or ambiguous option --bogus|report --bogus
		2|unknown option -x|report -x
		2|--stack is not for 'report'|report --stack 3
		2|--limit needs a number, not 'many'|report --limit many
		2|--limit needs a number, not '-1'|report --limit -1
		2|--min-time needs a time such as 5us, 1.5ms or 2s, not '5'|report --min-time 5
		2|--min-time needs a time|report --min-time infs
		2|--json takes no value|report --json=yes
		125|--format is not for 'record'|record --format json -- true
		125|--output needs a value|record -o
		125|record needs a program to run|record
		125|record needs a program to run|record --
		125|dlscope -- CMD needs a program to run|--
		125|--stack needs a number|record --stack=deep -- true
	EOF
}
