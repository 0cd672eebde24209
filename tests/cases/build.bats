# SPDX-License-Identifier: MIT
# What was built: exports, formats, compilers, documentation.

load ../lib/common

@test "the shared objects export and need exactly what is listed" {
	"$DLSCOPE_SOURCE/scripts/check_exports" "$DLSCOPE_BUILD"
}

@test "trace and report formats kept their promises" {
	"$DLSCOPE_SOURCE/scripts/check_schema"
}

@test "no package is missing or named twice" {
	run "$DLSCOPE_SOURCE/scripts/install-deps" --list
	[ "$status" -eq 0 ] || fail "missing: $output"
	[ -z "$output" ] || fail "not silent: $output"
	run bash -c 'grep -v "^#" "$DLSCOPE_SOURCE/scripts/packages.def" | cut -f1 | grep . | sort | uniq -d'
	[ -z "$output" ] || fail "named twice: $output"
}

@test "clang finds nothing to warn of" {
	need_command clang
	env -u MAKEFLAGS -u MAKELEVEL make -s -C "$DLSCOPE_SOURCE" CC=clang CXX=clang++ \
		BUILD="$DLSCOPE_BUILD-clang" all unit-programs
}

@test "the shim builds with the unwinder that does nothing" {
	env -u MAKEFLAGS -u MAKELEVEL make -s -C "$DLSCOPE_SOURCE" STACK=none \
		BUILD="$DLSCOPE_BUILD-none" "$DLSCOPE_BUILD-none/lib/dlscope/libdlscope.so"
	"$DLSCOPE_SOURCE/scripts/check_exports" "$DLSCOPE_BUILD"
}
