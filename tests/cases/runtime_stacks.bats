# SPDX-License-Identifier: MIT
# Where in a script a module was asked for: shim/interpreters.def.

load ../lib/common
load ../lib/runtimes

# stack MODULE KIND PLACES: the frames of that kind in the stack of what brought the
# module in are at these places (function:file:line, separated by blanks), innermost
# first, without those of files that are not in this directory
stack() {
	"$PYTHON" - "$@" <<-'END'
		import json, os, sys
		name, kind, expected = sys.argv[1:]
		r = json.load(open("report.json"))
		module = [m for m in r["modules"] if m["name"] == name][0]
		loads = [l for l in r["loads"] if l["object"] == module["object"] and l["outcome"] == "loaded"]
		seen = ["%s:%s:%s" % (f["function"] or "", os.path.basename(f["file"]), f["line"])
		        for f in loads[0]["stack"] if f["kind"] == kind and os.path.exists(os.path.basename(f["file"]))]
		assert seen == expected.split(), loads[0]["stack"]
	END
}

# asked MODULE FILE LINE: where the report says that it was asked for
asked() {
	"$PYTHON" - "$@" <<-'END'
		import json, sys
		name, file, line = sys.argv[1:]
		m = [m for m in json.load(open("report.json"))["modules"] if m["name"] == name][0]
		place = m["requested_at"]
		assert place and place["file"].endswith(file) and place["line"] == int(line), m
	END
}

@test "ruby: methods, files and lines, also of a thread" {
	need_command ruby
	cat >try.rb <<-'END'
		def load_it(name)
		  require name
		end
		load_it "date"
		Thread.new { load_it "socket" }.join
		puts Date.new(2024, 2, 29).next_year
	END
	both_ways ruby --disable-gems try.rb
	stack date_core ruby "load_it:try.rb:2 <main>:try.rb:4"
	stack socket ruby "load_it:try.rb:2 <main>:try.rb:5"
	asked date_core /date.rb 4
}

@test "ruby: require of RubyGems has not asked" {
	need_command ruby
	compile mine.so <<<'void Init_mine(void) { }'
	echo 'require "mine"' >try.rb
	both_ways ruby -I. try.rb
	asked mine try.rb 1
}

@test "perl: files and lines" {
	need_command perl
	case $(perl -e 'print "$]"') in 5.036*) ;; *) skip "this perl is not 5.36, whose structures are known" ;; esac
	cat >try.pl <<-'END'
		sub load_it {
			require POSIX;
		}
		eval { load_it() };
		print POSIX::floor(2.5), "\n";
	END
	both_ways perl try.pl
	stack POSIX perl ":try.pl:2 :try.pl:4 :try.pl:4"
	asked POSIX /POSIX.pm "$(grep -n XSLoader::load "$(perl -MPOSIX -e 'print $INC{"POSIX.pm"}')" | cut -d: -f1)"
}

@test "lua and luajit: functions, files and lines" {
	need_command lua5.4
	compile good.so <<<'int luaopen_good(void *L) { return 0; }'
	cat >try.lua <<-'END'
		package.cpath = "./?.so"
		local function load_it()
		  require "good"
		  return 1
		end
		print(coroutine.wrap(function() return load_it() + 1 end)())
	END
	both_ways lua5.4 try.lua
	asked good try.lua 3
	command -v luajit >/dev/null || return 0
	both_ways luajit try.lua
	asked good try.lua 3
}

@test "tcl: procedures, files and lines, of load and of package require" {
	need_command tclsh
	case $(echo 'puts [info patchlevel]' | tclsh) in
	8.6.1[3-8]) ;;
	*) skip "this tcl is not 8.6.13 to 8.6.18, whose structures are known" ;;
	esac
	for name in Direct Called Package Evaluated Routine Made Child; do
		compile lib${name,,}.so <<<"int ${name}_Init(void *interpreter) { return 0; }"
	done
	compile libbad.so <<<'int Bad_Init(void *interpreter) { return 1; }'
	echo 'package ifneeded package 1.0 {load ./libpackage.so}' >pkgIndex.tcl
	cat >helper.tcl <<-'END'
		namespace eval helper {
			proc load_it {name} {
				load ./lib$name.so
			}
		}
		load ./libdirect.so
	END
	cat >try.tcl <<-'END'
		source helper.tcl
		proc outer {} {
			if {1} {
				helper::load_it called
			}
		}
		outer
		lappend auto_path [pwd]
		catch {package require package}
		eval {load ./libevaluated.so}
		proc routine {} {
			yield
			load ./libroutine.so
		}
		coroutine resume routine
		resume
		set script "load ./libmade.so"
		eval $script
		interp create child
		load ./libchild.so Child child
		puts [catch {
			load ./libbad.so
		} message]$message
		puts [lsort [info loaded]]
	END
	both_ways tclsh try.tcl
	asked Direct helper.tcl 6
	asked Called helper.tcl 3
	asked Package try.tcl 9
	asked Evaluated try.tcl 10
	asked Routine try.tcl 13
	asked Made try.tcl 18
	asked Bad try.tcl 22
	check "assert m['Child']['requested_at'] is None and m['Child']['outcome'] == 'ok', m['Child'] # it does not run"
	"$DLSCOPE" events T | "$PYTHON" -c '
import json, os, sys
frames = [e["frames"] for e in map(json.loads, sys.stdin) if e["event"] == "interp_stack"]
called = [f for f in frames if f[0] == "load_it"][0]
assert [os.path.basename(x) for x in called] == "load_it helper.tcl 3 outer try.tcl 4  try.tcl 7".split(" "), called'
}

@test "php: file and line of dl()" {
	need_command php
	[ -e "$(php -r 'echo ini_get("extension_dir");')/ctype.so" ] || skip "php has no ctype.so"
	printf '%s\n' '<?php' 'function load_it() {' 'dl("ctype.so");' '}' 'load_it(); var_dump(ctype_digit("12"));' >try.php
	both_ways php -n try.php
	stack ctype php ":try.php:3"
	asked ctype try.php 3
}

@test "depth, and off" {
	need_command ruby
	printf 'def f(n) = n == 0 ? require("date") : f(n - 1)\nf 20\n' >try.rb
	DLSCOPE_INTERP_STACK=4 both_ways ruby --disable-gems try.rb
	check "
l = [l for l in r['loads'] if l['requested'].endswith('date_core.so')][0]
assert len([f for f in l['stack'] if f['kind'] == 'ruby']) == 4 and l['stack_cut'], l"
	DLSCOPE_INTERP_STACK=0 both_ways ruby --disable-gems try.rb
	check "assert not [f for l in r['loads'] for f in l['stack'] if f['kind'] == 'ruby']"
}
