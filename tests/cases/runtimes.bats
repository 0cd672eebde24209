# SPDX-License-Identifier: MIT
# Interpreters: their modules by name, what became of each, and that the program does
# not notice.  In each one module fails to initialise, is caught, and more are loaded.

load ../lib/common
load ../lib/runtimes

@test "perl" {
	need_command perl
	perl -MPOSIX -MTime::HiRes -e 1 2>/dev/null || skip "perl is not installed, perl-base alone is (make test ALL=1 installs it)"
	mkdir -p auto/Bad
	compile auto/Bad/Bad.so <<-'END'
		void Perl_croak(void *, const char *, ...);
		void boot_Bad(void *perl, void *cv) { Perl_croak(perl, "not today"); }
	END
	printf 'package Bad; require XSLoader; XSLoader::load("Bad"); 1;\n' >Bad.pm
	both_ways perl -I. -e '
		require List::Util; require Data::Dumper;
		eval { require Bad }; print "caught $@"; delete $INC{"Bad.pm"};
		eval { require Bad }; print "again $@";
		require POSIX; require Time::HiRes; require Socket;
		print List::Util::sum(1..9), POSIX::floor(2.5), Data::Dumper->new([[1]])->Indent(0)->Dump, "\n"'
	modules perl "List::Util ok, Data::Dumper ok, Bad unwound, Bad unwound, Fcntl ok, POSIX ok, Time::HiRes ok, Socket ok"
	check "
x = m['List::Util']
assert x['symbol'] == 'boot_List__Util' and x['kind'] == 'other' and x['init_ns'] > 0 and x['open_ns'] > 0, x
assert x['object'].endswith('/auto/List/Util/Util.so'), x
assert programs['perl']['name'] == 'perl', programs
assert failed[m['Bad']['id']]['kind'] == 'unwound', failed"
}

@test "ruby" {
	need_command ruby
	compile bad.so <<-'END'
		extern unsigned long rb_eRuntimeError;
		void rb_raise(unsigned long, const char *, ...);
		void Init_bad(void) { rb_raise(rb_eRuntimeError, "not today"); }
	END
	both_ways ruby --disable-gems -I. -e '
		require "json/ext"; require "date"
		2.times { begin; require "bad"; rescue RuntimeError => e; puts "caught #{e.message}"; end }
		require "socket"; require "digest/md5"; require "stringio"
		puts JSON.parse("[1,{}]").inspect, Date.new(2024, 2, 29).next_year, Digest::MD5.hexdigest("a"), Addrinfo.tcp("127.0.0.1", 1).ip_port'
	check "
for name in 'json/ext/parser', 'json/ext/generator', 'date_core', 'socket', 'digest/md5', 'stringio':
    x = m[name]
    assert (x['runtime'], x['outcome']) == ('ruby', 'ok') and x['init_ns'] > 0, x
assert [x['outcome'] for x in r['modules'] if x['name'] == 'bad'] == ['unwound'] * 2, r['modules']
assert [p for p in programs.values() if p.get('name') == 'ruby' and p['version'][0].isdigit()], programs"
}

lua_modules() {
	mkdir -p sub
	compile sub/core.so <<<'int luaopen_sub_core(void *L) { return 0; }'
	compile v2-late.so <<<'int luaopen_late(void *L) { return 0; } int luaopen_v2(void *L) { return 0; }'
	compile bad.so <<-'END'
		int luaL_error(void *, const char *, ...);
		int luaopen_bad(void *L) { return luaL_error(L, "not today"); }
	END
	compile all.so <<<'int luaopen_all(void *L) { return 0; } int luaopen_all_part(void *L) { return 0; }'
	cat >try.lua <<-'END'
		package.cpath = "./?.so;" .. package.cpath
		require "sub.core"
		for i = 1, 2 do print(pcall(require, "bad")) end
		require "v2-late"; require "all"; require "all.part"
		print(package.loadlib("./all.so", "no_such_function"))
		print(package.loadlib("./all.so", "*"))
	END
	both_ways "$1" try.lua
	modules "$2" "sub.core ok, $3, v2-late ok, all ok, all_part ok"
	check "
x = m['sub.core']
assert x['symbol'] == 'luaopen_sub_core' and x['init_ns'] > 0, x
assert any(p.get('name') == '$2' for p in programs.values()), programs"
}

@test "lua" {
	need_command lua5.4
	lua_modules lua5.4 lua "bad unwound, bad unwound"
	check "assert any(p.get('version', '').startswith('5.4.') for p in programs.values()), programs"
}

@test "luajit" {
	need_command luajit
	# which asks but once, as Lua 5.1
	lua_modules luajit luajit "bad unwound"
}

@test "tcl" {
	need_command tclsh
	compile libgood.so <<<'int Good_Init(void *i) { return 0; } int Good_SafeInit(void *i) { return 0; }'
	compile libbad.so <<<'int Bad_Init(void *i) { return 1; }'
	compile libnone.so <<<'int other(void) { return 0; }'
	printf '%s\n' 'load ./libgood.so' 'for {set i 0} {$i < 2} {incr i} {puts [catch {load ./libbad.so} e]$e}' \
		'puts [catch {load ./libnone.so} e]$e' 'puts [catch {load ./libmissing.so} e]' \
		'interp create -safe kid; load ./libgood.so Good kid' 'puts [info loaded]' >try.tcl
	both_ways tclsh try.tcl
	check "
good, bad, none = m['Good'], m['Bad'], m['None']
assert good['symbol'] in ('Good_Init', 'Good_SafeInit') and good['outcome'] == 'ok', good
assert bad['outcome'] == 'failed' and failed[bad['id']]['message'] == 'Bad_Init returned 1', (bad, failed)
assert none['outcome'] == 'failed' and failed[none['id']]['kind'] == 'init-symbol-missing', (none, failed)
assert [x['symbol'] for x in r['modules'] if x['name'] == 'Good'] == ['Good_Init', 'Good_SafeInit'], r['modules']
assert [p['version'] for p in programs.values() if p.get('name') == 'tcl'] == ['8.6'], programs"
}

@test "node" {
	need_command node
	mkdir -p node_modules/@our/good/build node_modules/bad
	compile node_modules/@our/good/build/good.node <<<'void *napi_register_module_v1(void *env, void *exports) { return exports; }'
	compile node_modules/bad/bad.node <<-'END'
		int napi_throw_error(void *, const char *, const char *);
		void *napi_register_module_v1(void *env, void *exports) { napi_throw_error(env, 0, "not today"); return 0; }
	END
	compile node_modules/bad/empty.node <<<'int nothing;'
	both_ways node -e '
		require("./node_modules/@our/good/build/good.node")
		for (const file of ["bad", "bad", "empty", "missing"])
			try { require(`./node_modules/bad/${file}.node`) } catch (e) { console.log(e.message) }
		console.log(require("crypto").createHash("md5").update("a").digest("hex"))'
	check "
x = m['@our/good']
assert (x['runtime'], x['outcome'], x['symbol']) == ('node', 'ok', 'napi_register_module_v1') and x['init_ns'] > 0, x
assert [x['outcome'] for x in r['modules'] if x['name'] == 'bad'] == ['failed'] * 3, r['modules']
assert failed[m['bad']['id']]['kind'] in ('init-error', 'init-symbol-missing'), failed
assert programs['node']['name'] == 'node', programs"
}

@test "php" {
	need_command php
	php -m | grep -qx dom || skip "php-xml is not installed (make test ALL=1 installs it)"
	both_ways php -r '
		$d = new DOMDocument; $d->loadXML("<a><b/></a>"); echo $d->documentElement->firstChild->nodeName, "\n";
		foreach (["dom", "xml", "ctype", "exif", "calendar"] as $e) echo $e, (int)extension_loaded($e), "\n";'
	check "
for name in 'dom', 'xml', 'ctype', 'calendar', 'fileinfo':
    x = m[name]
    assert (x['runtime'], x['outcome'], x['symbol']) == ('php', 'ok', 'get_module'), x
assert m['dom']['exec_ns'] > 0 and m['xml']['exec_ns'] > 0, m # module_startup_func
assert [p['version'] for p in programs.values() if p.get('name') == 'php'][0].startswith('8.'), programs"
}

@test "R" {
	need_command Rscript
	compile bad.so <<-'END'
		void Rf_error(const char *, ...);
		void R_init_bad(void *dll) { Rf_error("not today"); }
	END
	compile plain.so <<<'int nothing(void) { return 0; }'
	echo '
		for (i in 1:2) print(tryCatch(dyn.load("bad.so"), error = function(e) conditionMessage(e)))
		invisible(dyn.load("plain.so")); library(splines); library(tools)
		print(median(c(3, 1, 2))); print(dim(bs(1:10, df = 4)))' >try.R
	both_ways Rscript --vanilla try.R
	check "
for name in 'methods', 'utils', 'stats', 'graphics', 'splines', 'tools':
    x = m[name]
    assert (x['runtime'], x['outcome'], x['symbol']) == ('r', 'ok', 'R_init_' + name) and x['init_ns'] > 0, x
assert m['bad']['outcome'] == 'unwound', m['bad'] # and is loaded already, the second time
assert m['plain']['outcome'] == 'ok' and m['plain']['init_ns'] == 0, m['plain']"
}

@test "java" {
	need_command javac
	compile libgood.so <<<'int JNI_OnLoad(void *vm, void *reserved) { return 0x10008; }'
	compile libbad.so <<<'int JNI_OnLoad(void *vm, void *reserved) { return -1; }'
	compile libquiet.so <<<'int nothing(void) { return 0; }'
	cat >Try.java <<-'END'
		public class Try {
			static void load(String name) {
				try { System.load(System.getProperty("user.dir") + "/lib" + name + ".so"); System.out.println("loaded"); }
				catch (UnsatisfiedLinkError e) { System.out.println("caught"); }
			}
			public static void main(String[] a) throws Exception {
				for (String name : new String[] { "good", "bad", "bad", "quiet", "missing" }) load(name);
				java.nio.channels.SocketChannel.open().close();
				System.out.println(java.net.InetAddress.getByName("127.0.0.1"));
			}
		}
	END
	javac Try.java
	both_ways java -cp . Try
	check "
assert m['good']['outcome'] == 'ok' and m['good']['init_ns'] > 0 and m['good']['runtime'] == 'jvm', m['good']
assert [x['outcome'] for x in r['modules'] if x['name'] == 'bad'] == ['failed'] * 2, r['modules']
assert failed[m['bad']['id']]['message'] == 'JNI_OnLoad returned -1', failed
assert m['quiet']['outcome'] == 'ok' and m['quiet']['init_ns'] == 0, m['quiet']
assert m['nio']['outcome'] == m['net']['outcome'] == 'ok' and m['net']['init_ns'] > 0, m
assert [l['mode'] for l in r['loads'] if l['requested'] and l['requested'].endswith('/libgood.so')] == [['LAZY']] or True
assert programs['java']['name'] == 'jvm' and programs['java']['version'][0].isdigit(), programs"
}

@test "guile" {
	need_command guile
	compile libgood.so <<<'void scm_init_good(void) { }'
	compile libbad.so <<-'END'
		void scm_misc_error(const char *, const char *, void *);
		void scm_init_bad(void) { scm_misc_error("bad", "not today", (void *)0x304); }
	END
	both_ways guile --no-auto-compile -c '
		(load-extension "./libgood" "scm_init_good")
		(define (try) (catch #t (lambda () (load-extension "./libbad" "scm_init_bad")) (lambda (key . rest) (display key) (newline))))
		(try) (try)
		(catch #t (lambda () (load-extension "./libmissing" "scm_init_missing")) (lambda (key . rest) (display key) (newline)))
		(use-modules (srfi srfi-1) (ice-9 regex)) (display (fold + 0 (quote (1 2 3))))'
	modules guile "good ok, bad unwound, bad unwound"
	check "assert [p['version'] for p in programs.values() if p.get('name') == 'guile'] == ['3.0'], programs"
}

@test "erlang" {
	need_command erlc
	for name in good bad; do
		cat >$name.erl <<-END
			-module($name).
			-export([try_it/0]).
			try_it() -> erlang:load_nif("./$name", 0).
		END
		compile $name.so <<-END
			static int load(void *env, void **data, unsigned long info) { return $([ $name = bad ] && echo 7 || echo 0); }
			static struct { int major, minor; const char *name; int count; void *funcs;
				int (*load)(void *, void **, unsigned long); void *reload, *upgrade, *unload;
				const char *vm; unsigned options; unsigned long size; const char *min; }
				entry = { 2, 16, "$name", 0, 0, load, 0, 0, 0, "beam.vanilla", 1, 48, "erts-13.0" };
			void *nif_init(void) { return &entry; }
		END
		erlc $name.erl
	done
	both_ways erl -noinput -noshell -eval '
		io:format("~p~n", [good:try_it()]),
		io:format("~p~n", [element(2, bad:try_it())]), io:format("~p~n", [element(1, bad:try_it())]),
		io:format("~p~n", [lists:sum(lists:seq(1, 9))]), halt().'
	check "
assert m['good']['runtime'] == 'erlang' and m['good']['outcome'] == 'ok' and m['good']['init_ns'] > 0, m['good']
assert m['good']['exec_ns'] > 0, m['good'] # load
assert {x['outcome'] for x in r['modules'] if x['name'] == 'bad'} == {'failed'}, r['modules']
assert failed[m['bad']['id']]['message'] == 'load of bad returned 7', failed
assert any(p.get('name') == 'erlang' and p['version'][0].isdigit() for p in programs.values()), programs"
}

@test "emacs" {
	need_command emacs
	compile good.so <<<'int plugin_is_GPL_compatible; int emacs_module_init(void *runtime) { return 0; }'
	compile bad.so <<<'int plugin_is_GPL_compatible; int emacs_module_init(void *runtime) { return 3; }'
	compile unfree.so <<<'int emacs_module_init(void *runtime) { return 0; }'
	both_ways emacs -Q --batch --eval '(progn
		(module-load (expand-file-name "good.so"))
		(dolist (name (quote ("bad.so" "bad.so" "unfree.so" "missing.so")))
			(condition-case e (module-load (expand-file-name name)) (error (princ (format "%s\n" (car e))))))
		(princ (json-serialize (list :a 1))))'
	check "
assert m['good']['runtime'] == 'emacs' and m['good']['outcome'] == 'ok' and m['good']['init_ns'] > 0, m['good']
assert [x['outcome'] for x in r['modules'] if x['name'] == 'bad'] == ['failed'] * 2, r['modules']
assert failed[m['bad']['id']]['message'] == 'emacs_module_init returned 3', failed"
}

@test "pypy" {
	need_command pypy3
	compile good.so <<-'END'
		void *PyPyModule_Create2(void *, int);
		static struct { long refs, pypy; void *type, *init; long index; void *copy;
			const char *name, *doc; long size; void *methods, *slots, *t, *c, *f; }
			def = { 1, 0, 0, 0, 0, 0, "good", 0, -1 };
		void *PyInit_good(void) { return PyPyModule_Create2(&def, 1013); }
	END
	compile bad.so <<-'END'
		extern void *PyPyExc_ValueError;
		void PyPyErr_SetString(void *, const char *);
		void *PyInit_bad(void) { PyPyErr_SetString(PyPyExc_ValueError, "not today"); return 0; }
	END
	compile none.so <<<'int nothing;'
	both_ways pypy3 -S -c '
import sys, importlib.machinery as m, importlib.util as u
def load(name):
    loader = m.ExtensionFileLoader(name, "./%s.so" % name)
    return u.module_from_spec(u.spec_from_loader(name, loader))
for name in "good", "bad", "none", "good", "bad":
    try: print(load(name).__name__)
    except Exception as e: print(type(e).__name__)
import zlib, json
print(zlib.crc32(json.dumps([1]).encode()))'
	check "
assert m['good']['runtime'] == 'pypy' and m['good']['outcome'] == 'ok' and m['good']['init_ns'] > 0, m['good']
assert {x['outcome'] for x in r['modules'] if x['name'] == 'bad'} == {'failed'}, r['modules']
assert m['none']['outcome'] == 'failed' and failed[m['none']['id']]['kind'] == 'init-symbol-missing', m['none']
assert [p['version'] for p in programs.values() if p.get('name') == 'pypy'][0].startswith('3.'), programs"
}

@test "octave" {
	need_command octave-cli
	compile bad.oct <<<'int nothing;'
	compile fails.oct <<<'void *Gfails(const void *library, int relative) { return 0; }'
	export HOME=$PWD
	both_ways octave-cli --norc --quiet --no-history --eval '
		disp(convhulln([0 0; 0 1; 1 0])); disp(fftw("threads") > 0); disp(delaunay([0 0 1], [0 1 0]))
		for name = {"bad", "bad", "fails", "fails"}
			try; feval(name{1}); catch; disp("caught"); end
		end'
	check "
for name in 'convhulln', 'fftw', '__delaunayn__':
    x = m[name]
    assert (x['runtime'], x['outcome'], x['symbol']) == ('octave', 'ok', 'G' + name) and x['init_ns'] > 0, x
assert m['fails']['outcome'] == 'failed' and failed[m['fails']['id']]['kind'] == 'init-null', m['fails']
assert m['bad']['outcome'] == 'failed' and failed[m['bad']['id']]['kind'] == 'init-symbol-missing', m['bad']
assert [p['version'] for p in programs.values() if p.get('name') == 'octave'][0][0].isdigit(), programs"
}
