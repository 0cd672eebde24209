# SPDX-License-Identifier: MIT
# shellcheck shell=bash
#
# What the end-to-end tests share.  Use: `load ../lib/common`.
#
# tests/run sets DLSCOPE (the program), DLSCOPE_BUILD (its build tree),
# DLSCOPE_SOURCE (the source tree), PYTHON (Debian's, not the first in PATH) and
# DLSCOPE_SANITIZED (only when DLSCOPE is a sanitizer build).  By hand, bats
# takes those of the plain build.

bats_require_minimum_version 1.5.0

: "${DLSCOPE_SOURCE:=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)}"
: "${DLSCOPE_BUILD:=$DLSCOPE_SOURCE/build}"
: "${DLSCOPE:=$DLSCOPE_BUILD/bin/dlscope}"
: "${PYTHON:=/usr/bin/python3}"
export DLSCOPE_SOURCE DLSCOPE_BUILD DLSCOPE PYTHON
PROGRAMS=$DLSCOPE_BUILD/tests/programs
TRACES=$DLSCOPE_SOURCE/tests/traces

# Each test works in a directory of its own, which bats removes.
setup() {
	cd "$BATS_TEST_TMPDIR" || return 1
}

# Fails the test, saying why.
fail() {
	printf '%s\n' "$*" >&2
	return 1
}

# Skips the test unless the command is installed.
need_command() {
	command -v "$1" >/dev/null || skip "$1 is not installed (make test ALL=1 installs it)"
}

# Runs dlscope; afterwards $status, $output (stdout) and $stderr tell.
dlscope() {
	run --separate-stderr -- "$DLSCOPE" "$@"
}

# The last run's exit status.
assert_status() {
	[ "$status" -eq "$1" ] ||
		fail "status $status instead of $1; stdout: $output; stderr: ${stderr-}"
}

assert_output_has() {
	[[ $output == *"$1"* ]] || fail "stdout lacks \"$1\": $output"
}

assert_output_empty() {
	[ -z "$output" ] || fail "stdout is not empty: $output"
}

assert_stderr_has() {
	[[ $stderr == *"$1"* ]] || fail "stderr lacks \"$1\": $stderr"
}

assert_stderr_empty() {
	[ -z "$stderr" ] || fail "stderr is not empty: $stderr"
}

# One sentence for the user: a single line with our prefix.
assert_one_complaint() {
	[[ $stderr == "dlscope: "* && $stderr != *$'\n'* ]] ||
		fail "stderr is not one \"dlscope: \" line: $stderr"
}

# json FILE EXPRESSION: prints a Python expression over the document `d`.
json() {
	"$PYTHON" -c '
import json, sys
d = json.load(open(sys.argv[1]))
value = eval(sys.argv[2])
print(value if isinstance(value, str) else json.dumps(value))' "$1" "$2"
}

# assert_json FILE EXPRESSION: the expression over the document holds.
assert_json() {
	[ "$(json "$1" "bool($2)")" = true ] || fail "$1: not so: $2"
}
