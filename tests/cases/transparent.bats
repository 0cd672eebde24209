# SPDX-License-Identifier: MIT
# The program must not notice: every case of tests/programs/behaviour.cc does the
# same thing, prints the same text and exits with the same status plain, with the
# shim loaded where no session daemon is, and recorded with full stacks.

load ../lib/common

setup_file() {
	behaviour=$DLSCOPE_BUILD/tests/programs/behaviour
	export behaviour
}

# differs CASE: runs it plain and in the two other ways; prints what differs
compare() {
	local case=$1
	"$behaviour" "$case" >plain 2>&1 && plain=0 || plain=$?
	LTTNG_HOME=$PWD/nowhere LD_PRELOAD=$DLSCOPE_BUILD/lib/dlscope/libdlscope.so \
		"$behaviour" "$case" >idle 2>&1 && idle=0 || idle=$?
	"$DLSCOPE" record --strict --stack 128 -o trace -- "$behaviour" "$case" >recorded 2>&1 && recorded=0 || recorded=$?
	diff plain idle
	diff plain recorded
	[ "$plain $plain" = "$idle $recorded" ]
}

@test "RUNPATH of the caller is searched, and objects unload" { compare runpath; }
@test "\$ORIGIN and \$LIB in a path" { compare origin; }
@test "local scope, RTLD_NEXT, no side effect on unloading" { compare scope; }
@test "dlerror text, once, and errno" { compare errors; }
@test "dlerror across other calls" { compare errors-between; }
@test "dlerror is per thread" { compare errors-per-thread; }
@test "dlopen in a constructor" { compare nested; }
@test "dlmopen" { compare namespaces; }
@test "C++ exception out of a constructor" { compare exception; }
@test "longjmp out of a constructor" { compare longjmp; }
@test "fork in a constructor" { compare fork-in-constructor; }
@test "backtrace in a constructor reaches main" { compare backtrace; }
@test "eight threads" { compare threads; }
@test "the list of objects" { compare objects; }
@test "fork, _exit and exec" { compare children; }

@test "no case is left out" {
	for case in $("$behaviour"); do
		grep -q "compare $case;" "$BATS_TEST_FILENAME"
	done
}
