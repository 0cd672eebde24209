# SPDX-License-Identifier: MIT
# Programs that do some work with five extensions and more, one of which fails when it is
# loaded, is caught, and is loaded again: recorded they print what they print plainly.
# (Those of Perl, Ruby, R, Java, Octave and PostgreSQL are in the tests of their modules.)

load ../lib/common
load ../lib/runtimes

# several RUNTIME "NAME..." [NAME=OUTCOME...]: those modules are ok, and each of these was
# loaded twice and had that outcome
several() {
	"$PYTHON" - "$@" <<-'END'
		import json, sys
		runtime, good, bad = sys.argv[1], sys.argv[2].split(), dict(x.split("=") for x in sys.argv[3:])
		r = json.load(open("report.json"))
		seen = [(m["name"], m["outcome"], m["init_ns"] + m["open_ns"]) for m in r["modules"] if m["runtime"] == runtime]
		assert len(good) + len(bad) >= 5
		for name in good:
		    assert [x for x in seen if x[0] == name and x[1] == "ok" and x[2] > 0], (name, seen)
		for name, outcome in bad.items():
		    assert [x[1] for x in seen if x[0] == name] == [outcome] * 2, (name, seen)
		assert r["trace"]["lost_events"] == 0 and r["trace"]["complete"], r["trace"]
	END
}

# has FILE TEXT...: the program came so far
has() {
	local file=$1 text
	shift
	for text; do
		grep -qF -- "$text" "$file" || fail "no \"$text\" in $(cat "$file")"
	done
}

lua_program() {
	"$1" -e 'require "cjson" require "socket.core" require "lfs" require "lpeg"' 2>/dev/null ||
		skip "cjson, socket, lfs and lpeg are not installed for $1 (make test ALL=1 installs them)"
	compile bad.so <<-'END'
		int luaL_error(void *, const char *, ...);
		int luaopen_bad(void *L) { return luaL_error(L, "not today"); }
	END
	cat >try.lua <<-'END'
		local json, lpeg = require "cjson", require "lpeg"
		print(json.encode{ 1, { a = json.null } }, json.decode('{"b": [2.5]}').b[1])
		for i = 1, 2 do print(pcall(package.loadlib("./bad.so", "luaopen_bad"))) end
		print(pcall(json.decode, "{"))
		print(lpeg.match(lpeg.C(lpeg.R"09"^1) * "-" * lpeg.Cp(), "123-abc"))
		local socket, mime, lfs = require "socket.core", require "mime.core", require "lfs"
		local server = socket.tcp()
		print(server:bind("127.0.0.1", 0), server:listen(1), (server:getsockname()))
		print(mime.b64("dlscope"), lfs.attributes(".", "mode"), pcall(require, "no.such.module") )
		for name in lfs.dir "." do if name == "try.lua" then print(name) end end
		print(coroutine.wrap(function() return select("#", string.byte(string.rep("x", 200), 1, -1)) end)())
	END
	both_ways "$1" try.lua
	has plain.out 'not today' '123' 'directory' 'try.lua'
	several "$2" "cjson lpeg socket.core mime.core lfs" bad=unwound
}

@test "lua" {
	need_command lua5.4
	lua_program lua5.4 lua
}

@test "luajit" {
	need_command luajit
	lua_program luajit luajit
}

@test "tcl, with threads" {
	need_command tclsh
	echo 'package require Thread; package require sqlite3; package require tdom; package require tls' >need.tcl
	tclsh need.tcl 2>/dev/null || skip "tcl-thread, libsqlite3-tcl, tdom and tcl-tls are not installed (make test ALL=1 installs them)"
	compile libgood.so <<<'int Good_Init(void *interpreter) { return 0; }'
	compile libbad.so <<-'END'
		void Tcl_AppendResult(void *, ...);
		int Bad_Init(void *interpreter) { Tcl_AppendResult(interpreter, "not today", (char *)0); return 1; }
	END
	cat >try.tcl <<-'END'
		source need.tcl
		sqlite3 db :memory:
		db eval {create table t(a); insert into t values (1), (2), (39)}
		puts [db eval {select sum(a) from t}]
		foreach i {1 2} { puts [catch {load ./libbad.so} message]$message }
		load ./libgood.so
		puts [[[dom parse {<a><b c="d"/></a>}] documentElement] asXML -indent none]
		set worker [thread::create { thread::wait }]
		puts [thread::send $worker { package require sqlite3; sqlite3 d :memory:; d eval {select upper('thread')} }]
		thread::release -wait $worker
		interp create kid
		puts [kid eval {catch {load ./libbad.so} message; set message}]
		puts [kid eval {load ./libgood.so; lsort [info loaded {}]}]
		puts [lsort [tls::protocols]]
	END
	both_ways tclsh try.tcl
	has plain.out 42 'not today' '<b c="d"/>' THREAD
	check "
names = {x['name'] for x in r['modules'] if x['runtime'] == 'tcl' and x['outcome'] == 'ok' and x['init_ns'] > 0}
assert len(names) >= 5 and 'Good' in names, names
assert [x['outcome'] for x in r['modules'] if x['name'] == 'Bad'] == ['failed'] * 3, r['modules']"
}

@test "node" {
	need_command node
	for name in one two three four five; do
		compile $name.node -DNAME="\"$name\"" <<-'END'
			int napi_create_function(void *, const char *, unsigned long, void *, void *, void **), napi_create_string_utf8(void *, const char *, unsigned long, void **);
			int napi_set_named_property(void *, void *, const char *, void *), napi_get_undefined(void *, void **), napi_throw_error(void *, const char *, const char *);
			static void *say(void *env, void *info) { void *text; napi_create_string_utf8(env, "I am " NAME, -1, &text); return text; }
			static void *fail(void *env, void *info) { napi_throw_error(env, "CODE", NAME " fails"); return 0; }
			void *napi_register_module_v1(void *env, void *exports) {
				void *function;
				napi_create_function(env, "say", -1, say, 0, &function); napi_set_named_property(env, exports, "say", function);
				napi_create_function(env, "fail", -1, fail, 0, &function); napi_set_named_property(env, exports, "fail", function);
				return exports;
			}
		END
	done
	compile bad.node <<-'END'
		int napi_throw_error(void *, const char *, const char *);
		void *napi_register_module_v1(void *env, void *exports) { napi_throw_error(env, "EBAD", "not today"); return 0; }
	END
	cat >try.js <<-'END'
		const { Worker, isMainThread } = require("worker_threads")
		const attempt = f => { try { console.log(f()) } catch (e) { console.log(e.code, e.message.split("\n")[0]) } }
		for (const name of ["one", "two", "bad", "three", "bad", "four", "five", "missing"])
			attempt(() => require(`./${name}.node`).say())
		attempt(() => require("./three.node").fail())
		if (isMainThread) {
			console.log(require("zlib").gunzipSync(require("zlib").gzipSync("zip")).toString(), require("crypto").createHash("sha1").update("a").digest("hex"))
			new Worker(__filename).on("exit", async code => {
				console.log("worker", code, (await WebAssembly.compile(new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0]))) instanceof WebAssembly.Module)
			})
		}
	END
	both_ways node try.js
	has plain.out 'I am five' 'EBAD not today' 'CODE three fails' 'worker 0 true'
	check "
for name in 'one', 'two', 'three', 'four', 'five': # in two threads
    x = [x for x in r['modules'] if x['name'] == name]
    assert [(y['runtime'], y['outcome']) for y in x] == [('node', 'ok')] * 2 and all(y['init_ns'] > 0 for y in x), x
assert [x['outcome'] for x in r['modules'] if x['name'] == 'bad'] == ['failed'] * 4, r['modules']
assert failed[m['bad']['id']]['message'] == 'napi_register_module_v1 left an exception', failed"
}

@test "php" {
	need_command php
	php -m | grep -qx dom || skip "php8.2-xml is not installed (make test ALL=1 installs it)"
	local build
	build=$(php -i | sed -n 's/^PHP Extension Build => //p')
	[[ $build == API20220829,NTS ]] || skip "the structure of this PHP's modules is not known: $build"
	for name in good throws older; do
		compile $name.so -DNAME="\"$name\"" -DAPI="$([ $name = older ] && echo 20200930 || echo 20220829)" <<-END
			void *zend_throw_exception(void *, const char *, long);
			static int start(int type, int number) { $([ $name = throws ] && echo 'zend_throw_exception(0, "not today", 3);') return 0; }
			static struct { unsigned short size; unsigned api; unsigned char debug, zts; const void *ini, *deps; const char *name; const void *functions;
				int (*start)(int, int), (*stop)(int, int), (*request_start)(int, int), (*request_stop)(int, int); void *info; const char *version;
				unsigned long globals_size; void *globals, *make, *destroy, *after; int started; unsigned char type; void *handle; int number; const char *build; }
				module = { 168, API, 0, 0, 0, 0, NAME, 0, start, 0, 0, 0, 0, "1", 0, 0, 0, 0, 0, 0, 0, 0, 0, "API20220829,NTS" };
			void *get_module(void) { return &module; }
		END
	done
	compile none.so <<<'int nothing;'
	cat >try.php <<-'END'
		<?php
		$d = new DOMDocument; $d->loadXML("<a><b>c</b></a>");
		echo (new DOMXPath($d))->query("//b")->item(0)->textContent, "\n";
		foreach (["none", "older", "good", "throws", "none", "older", "good", "throws", "missing"] as $name)
			try { echo $name, (int)@dl("$name.so"), "\n"; } catch (Exception $e) { echo get_class($e), $e->getMessage(), $e->getCode(), "\n"; }
		echo implode(",", array_intersect(["dom", "good", "older", "throws"], get_loaded_extensions())), "\n";
		$x = xml_parser_create(); var_dump(xml_parse($x, "<a>"), ctype_alpha("abc"), cal_days_in_month(CAL_GREGORIAN, 2, 2024));
		$z = new SimpleXMLElement("<r><i n='1'/></r>"); echo $z->i["n"], "\n";
	END
	mkdir ext
	ln -s "$(php -r 'echo ini_get("extension_dir");')"/*.so ext
	mv ./*.so ext
	both_ways php -d extension_dir="$PWD/ext" -d enable_dl=1 try.php
	has plain.out 'Exceptionnot today3' 'good1' 'good0' 'none0'
	several php "dom xml ctype calendar simplexml good" none=failed
	check "
for name in 'good', 'throws': # it starts but once, and what it throws is the script's
    x = [x for x in r['modules'] if x['name'] == name]
    assert [y['outcome'] for y in x] == ['ok'] * 2 and x[0]['exec_ns'] > 0 and x[1]['exec_ns'] == 0, x"
}

@test "guile" {
	need_command guile
	for name in one two three four five; do
		compile lib$name.so -DNAME="$name" <<-'END'
			void *scm_from_utf8_string(const char *), *scm_c_define_gsubr(const char *, int, int, int, void *);
			#define TEXT_OF(name) #name
			#define TEXT(name) TEXT_OF(name)
			#define JOIN_OF(a, b) a##b
			#define JOIN(a, b) JOIN_OF(a, b)
			static void *say(void) { return scm_from_utf8_string("I am " TEXT(NAME)); }
			void JOIN(scm_init_, NAME)(void) { scm_c_define_gsubr("say-" TEXT(NAME), 0, 0, 0, say); }
		END
	done
	compile libbad.so <<-'END'
		void scm_misc_error(const char *, const char *, void *);
		void scm_init_bad(void) { scm_misc_error("bad", "not today", (void *)0x304); }
	END
	cat >try.scm <<-'END'
		(use-modules (srfi srfi-1) (ice-9 regex) (ice-9 threads) (ice-9 match))
		(define (attempt name)
		  (catch #t (lambda () (load-extension (string-append "./lib" name) (string-append "scm_init_" name)) (display name))
		    (lambda (key . rest) (display (list key (car rest)))))
		  (newline))
		(for-each attempt '("one" "two" "bad" "three" "bad" "four" "five" "missing"))
		(display (list (say-one) (say-five) (fold + 0 (iota 10)))) (newline)
		(display (par-map (lambda (x) (* x x)) '(1 2 3))) (newline)
		(display (match '(1 (2 3)) ((a (b c)) (+ a b c)))) (newline)
		(display (match:substring (string-match "b+" "abbbc"))) (newline)
	END
	both_ways guile --no-auto-compile try.scm
	has plain.out 'I am five' 'misc-error bad' bbb
	several guile "one two three four five" bad=unwound
}

@test "erlang" {
	need_command erlc
	for name in one two three four five bad; do
		cat >$name.erl <<-END
			-module($name).
			-export([start/0, add/2]).
			start() -> erlang:load_nif("./$name", 0).
			add(_, _) -> erlang:nif_error(not_loaded).
		END
		compile $name.so <<-END
			int enif_get_int(void *, unsigned long, int *);
			unsigned long enif_make_int(void *, int), enif_make_badarg(void *);
			static unsigned long add(void *env, int count, const unsigned long *arguments) {
				int a, b;
				return enif_get_int(env, arguments[0], &a) && enif_get_int(env, arguments[1], &b) ? enif_make_int(env, a + b) : enif_make_badarg(env); }
			static int load(void *env, void **data, unsigned long info) { return $([ $name = bad ] && echo 7 || echo 0); }
			static struct { const char *name; unsigned arity; void *function; unsigned flags; } functions[] = { { "add", 2, add, 0 } };
			static struct { int major, minor; const char *name; int count; void *funcs;
				int (*load)(void *, void **, unsigned long); void *reload, *upgrade, *unload;
				const char *vm; unsigned options; unsigned long size; const char *min; }
				entry = { 2, 16, "$name", 1, functions, load, 0, 0, 0, "beam.vanilla", 1, 48, "erts-13.0" };
			void *nif_init(void) { return &entry; }
		END
		erlc $name.erl
	done
	both_ways erl -noinput -noshell -eval '
		[io:format("~p ~p ~p~n", [M, case M:start() of ok -> ok; E -> element(1, element(2, E)) end, catch M:add(20, 22)])
			|| M <- [one, two, bad, three], M /= bad orelse true],
		io:format("~p~n", [element(2, bad:start())]),
		[ok = M:start() || M <- [four, five]],
		Self = self(),
		[spawn(fun() -> Self ! M:add(N, 1) end) || {M, N} <- [{four, 1}, {five, 2}]],
		io:format("~p~n", [lists:sort([receive X -> X end, receive Y -> Y end])]),
		io:format("~p~n", [catch one:add(a, b)]),
		io:format("~s~n", [re:replace("abc", "b", "X", [{return, list}])]), halt().'
	has plain.out 'one ok 42' 'load-call unsuccessful (7)' '[2,3]' badarg
	several erlang "one two three four five" bad=failed
}

@test "emacs" {
	need_command emacs
	for name in one two three four five; do
		compile $name.so <<<'int plugin_is_GPL_compatible; int emacs_module_init(void *runtime) { return 0; }'
	done
	compile bad.so <<<'int plugin_is_GPL_compatible; int emacs_module_init(void *runtime) { return 3; }'
	cat >try.el <<-'END'
		(dolist (name '("one" "two" "bad" "three" "bad" "four" "five" "missing"))
		  (princ (condition-case e (progn (module-load (expand-file-name (concat name ".so"))) name) (error (car e))))
		  (terpri))
		(require 'cl-lib) (require 'json) (require 'seq)
		(princ (json-encode (cl-loop for i from 1 to 3 collect (* i i)))) (terpri)
		(with-temp-buffer (insert "b\na\nc\n") (sort-lines nil (point-min) (point-max)) (princ (buffer-string)))
		(princ (replace-regexp-in-string "b+" "x" "abbbc")) (terpri)
		(princ (shell-command-to-string "echo from a child")) (garbage-collect)
	END
	both_ways emacs -Q --batch -l "$PWD/try.el"
	has plain.out module-init-failed '[1,4,9]' 'from a child'
	several emacs "one two three four five" bad=failed
}

@test "pypy" {
	need_command pypy3
	for name in one two three four five; do
		compile $name.so -DNAME="$name" <<-'END'
			void *PyPyModule_Create2(void *, int), *PyPyUnicode_FromString(const char *);
			#define TEXT_OF(name) #name
			#define TEXT(name) TEXT_OF(name)
			#define JOIN_OF(a, b) a##b
			#define JOIN(a, b) JOIN_OF(a, b)
			static void *say(void *self, void *arguments) { return PyPyUnicode_FromString("I am " TEXT(NAME)); }
			static struct { const char *name; void *function; int flags; const char *doc; } methods[] = { { "say", say, 4, 0 }, { 0, 0, 0, 0 } };
			static struct { long refs, pypy; void *type, *init; long index; void *copy;
				const char *name, *doc; long size; void *methods, *slots, *t, *c, *f; }
				def = { 1, 0, 0, 0, 0, 0, TEXT(NAME), 0, -1, methods };
			void *JOIN(PyInit_, NAME)(void) { return PyPyModule_Create2(&def, 1013); }
		END
	done
	compile bad.so <<-'END'
		extern void *PyPyExc_ValueError;
		void PyPyErr_SetString(void *, const char *);
		void *PyInit_bad(void) { PyPyErr_SetString(PyPyExc_ValueError, "not today"); return 0; }
	END
	cat >try.py <<-'END'
		import sys, importlib.machinery as m, importlib.util as u, json, re, sqlite3, threading, zlib
		def load(name):
		    loader = m.ExtensionFileLoader(name, "./%s.so" % name)
		    return u.module_from_spec(u.spec_from_loader(name, loader))
		for name in "one", "two", "bad", "three", "bad", "four", "five", "missing":
		    try: print(load(name).say())
		    except Exception as e: print(type(e).__name__)
		print(zlib.crc32(json.dumps([1]).encode()), re.sub("b+", "x", "abbbc"), sqlite3.connect(":memory:").execute("select 6*7").fetchone())
		t = threading.Thread(target=lambda: print(sum(range(10)))); t.start(); t.join()
	END
	both_ways pypy3 -S try.py
	has plain.out 'I am five' ValueError '(42,)'
	several pypy "one two three four five" bad=failed
}
