# SPDX-License-Identifier: MIT
# Libraries and servers with modules of their own, as runtimes.bats has interpreters.

load ../lib/common
load ../lib/runtimes

@test "sqlite" {
	need_command sqlite3
	ldd "$(command -v sqlite3)" | grep -q libsqlite3 ||
		skip "sqlite3 $(sqlite3 --version | cut -d' ' -f1) has SQLite linked into it and exports nothing of it"
	compile libgood.so <<<'int sqlite3_good_init(void *db, char **error, const void *api) { return 0; }'
	compile stay.so <<<'int sqlite3_extension_init(void *db, char **error, const void *api) { return 256; }'
	compile bad.so <<<'int sqlite3_bad_init(void *db, char **error, const void *api) { return 1; }'
	printf '.load ./libgood\n.load ./bad\n.load ./bad.so\n.load ./missing\n.load ./stay\nselect 6*7;\n' >try.sql
	both_ways sqlite3 -batch :memory: '.read try.sql'
	modules sqlite "good ok, bad failed, bad failed, stay ok"
	check "
assert failed[m['bad']['id']]['message'] == 'sqlite3_bad_init returned 1', failed
assert [p for p in r['processes']][0]['runtime'] is None, r['processes']"
}

@test "sqlite in a program that exports nothing of it: not timed, and not said to have failed" {
	compile good.so <<<'int sqlite3_good_init(void *db, char **error, const void *api) { return 0; }'
	cat >host.c <<-'END'
		#include <dlfcn.h>
		int main(void)
		{
			void *good = dlopen("./good.so", RTLD_NOW);
			int (*init)(void *, char **, const void *) = dlsym(good, "sqlite3_extension_init");
			if (!init)
				init = dlsym(good, "sqlite3_good_init");
			return init(0, 0, 0);
		}
	END
	gcc -o host host.c
	both_ways ./host
	check "
assert (m['good']['runtime'], m['good']['outcome'], m['good']['symbol'], m['good']['init_ns']) == ('sqlite', 'ok', 'sqlite3_good_init', 0), m['good']
assert {f['severity'] for f in r['failures']} <= {'probe'}, r['failures']"
}

@test "openssl providers" {
	need_command openssl
	compile good.so <<-'END'
		struct dispatch { int id; void (*function)(void); };
		static const struct dispatch none[] = { { 0, 0 } };
		int OSSL_provider_init(void *core, void *in, const struct dispatch **out, void **context) { *out = none; return 1; }
	END
	compile bad.so <<<'int OSSL_provider_init(void *core, void *in, void **out, void **context) { return 0; }'
	# the error queue prints addresses and threads
	openssl list -provider-path . -provider bad -providers >plain.out 2>/dev/null && fail "openssl took it"
	"$DLSCOPE" record --strict -o T -- openssl list -provider-path . -provider bad -providers >recorded.out 2>/dev/null &&
		fail "openssl took it, recorded"
	diff plain.out recorded.out
	"$DLSCOPE" report T --format json >report.json
	check "assert m['bad']['outcome'] == 'failed' and 'returned 0' in failed[m['bad']['id']]['message'], failed"

	both_ways openssl list -provider-path . -provider default -provider good -providers
	check "
assert m['good']['runtime'] == 'openssl' and m['good']['outcome'] == 'ok' and m['good']['init_ns'] > 0, m"
}

@test "gio modules and gmodule" {
	need_command gio
	mkdir modules
	compile modules/libgood.so <<<'void g_io_good_load(void *module) { } void g_io_good_unload(void *module) { }'
	compile modules/libold.so <<<'void g_io_module_load(void *module) { } void g_io_module_unload(void *module) { }'
	compile modules/libcheck.so <<-'END'
		const char *g_module_check_init(void *module) { return "not today"; }
		void g_io_check_load(void *module) { } void g_io_check_unload(void *module) { }
	END
	echo text >file.txt
	GIO_EXTRA_MODULES=$PWD/modules GIO_MODULE_DIR=$PWD/none both_ways gio info -a standard::content-type file.txt
	check "
for name in 'good', 'old':
    assert m[name]['runtime'] == 'gio' and m[name]['outcome'] == 'ok' and m[name]['init_ns'] > 0, m[name]
x = [x for x in r['modules'] if x['name'] == 'check'][0]
assert x['runtime'] == 'gmodule' and x['outcome'] == 'failed', x
assert 'returned an error text' in failed[x['id']]['message'], failed"
}

@test "gstreamer" {
	need_command gst-inspect-1.0
	export GST_REGISTRY=$PWD/registry GST_REGISTRY_FORK=no XDG_CACHE_HOME=$PWD
	gst-inspect-1.0 coreelements >/dev/null || skip "gstreamer's core plugins are not installed"
	rm registry # it is the scan of a first start that loads all plugins
	both_ways sh -c 'rm -f registry; exec gst-inspect-1.0 coreelements'
	check "
x = m['coreelements']
assert x['runtime'] == 'gstreamer' and x['outcome'] == 'ok' and x['symbol'] == 'gst_plugin_coreelements_get_desc', x
assert x['init_ns'] > 0 and x['exec_ns'] > 0, x" # plugin_init
	# a plug-in that fails; its structure is constant
	compile libgstbad.so <<-'END'
		static int start(void *plugin) { return 0; }
		static const struct { int major, minor; const char *name, *about; int (*init)(void *);
			const char *version, *license, *source, *package, *origin, *date; void *reserved[4]; }
			bad = { 1, 22, "bad", "fails", start, "1", "LGPL", "s", "p", "o", 0, { 0 } };
		const void *gst_plugin_bad_get_desc(void) { return &bad; }
	END
	both_ways gst-inspect-1.0 ./libgstbad.so
	check "
assert m['bad']['outcome'] == 'failed' and failed[m['bad']['id']]['message'] == 'plugin_init of bad returned 0', (m, failed)"
	both_ways sh -c 'rm -f registry; exec gst-inspect-1.0 coreelements'
}

@test "qt" {
	local gui=/usr/lib/x86_64-linux-gnu/libQt5Gui.so.5
	[ -e "$gui" ] || skip "libqt5gui5 is not installed (make test ALL=1 installs it)"
	# QGuiApplication without Qt's headers
	gcc -w -o try -x c - -x none "$gui" <<-'END'
		#include <stdio.h>
		void construct(void *, int *, char **, int) asm("_ZN15QGuiApplicationC1ERiPPci");
		void destroy(void *) asm("_ZN15QGuiApplicationD1Ev");
		int main(int argc, char **argv) { char app[64]; construct(app, &argc, argv, 0x050f00); puts("up"); destroy(app); return 0; }
	END
	XDG_RUNTIME_DIR=$PWD QT_QPA_PLATFORM=offscreen both_ways ./try
	check "
x = m['qoffscreen']
assert (x['runtime'], x['outcome'], x['symbol']) == ('qt', 'ok', 'qt_plugin_instance') and x['init_ns'] > 0, x"
}

@test "apache" {
	need_command apache2
	printf '%s\n' "ServerRoot $PWD" 'ServerName here' "ErrorLog $PWD/log" 'Listen 127.0.0.1:12345' 'TypesConfig /dev/null' \
		"LoadModule mpm_event_module /usr/lib/apache2/modules/mod_mpm_event.so" \
		"LoadModule mime_module /usr/lib/apache2/modules/mod_mime.so" \
		"LoadModule rewrite_module /usr/lib/apache2/modules/mod_rewrite.so" >apache.conf
	mkdir logs
	both_ways apache2 -t -f "$PWD/apache.conf" -DDUMP_MODULES
	check "
for name in 'mpm_event_module', 'mime_module', 'rewrite_module':
    x = m[name] # a variable: the object is charged, nothing is called
    assert (x['runtime'], x['outcome'], x['symbol'], x['init_ns']) == ('apache', 'ok', name, 0) and x['open_ns'] > 0, x
assert programs['apache2']['name'] == 'apache', programs"
}

@test "pam" {
	need_command pamtester
	[ "$(id -u)" -eq 0 ] || skip "only root passes pam_rootok"
	both_ways pamtester su root authenticate
	check "
x = m['pam_rootok']
assert (x['runtime'], x['outcome'], x['symbol']) == ('pam', 'ok', 'pam_sm_authenticate') and x['init_ns'] > 0, x"
}

@test "vulkan" {
	need_command vulkaninfo
	for name in good bad; do
		compile lib$name.so <<-END
			int vk_icdNegotiateLoaderICDInterfaceVersion(unsigned *version) { return $([ $name = bad ] && echo -9 || echo 0); }
			void *vk_icdGetInstanceProcAddr(void *instance, const char *name) { return 0; }
		END
		printf '{"file_format_version": "1.0.0", "ICD": {"library_path": "%s/lib%s.so", "api_version": "1.1.0"}}' "$PWD" $name >$name.json
	done
	XDG_RUNTIME_DIR=$PWD VK_ICD_FILENAMES=$PWD/good.json:$PWD/bad.json both_ways vulkaninfo --summary
	check "
assert m['good']['runtime'] == 'vulkan' and m['good']['outcome'] == 'ok' and m['good']['init_ns'] > 0, m
assert m['bad']['outcome'] == 'failed' and 'returned -9' in failed[m['bad']['id']]['message'], failed
# which the loader asks anew each time that it is asked something
assert [x['name'] for x in r['modules'] if x['runtime'] == 'vulkan'] in (['good', 'bad'], ['bad', 'good']), r['modules']
assert m['good']['init_calls'] > 1, m['good']"
}

@test "opencl" {
	need_command clinfo
	mkdir vendors
	echo "$PWD/libgood.so" >vendors/good.icd
	compile libgood.so <<-'END'
		static int platforms(unsigned count, void **list, unsigned *found) { if (found) *found = 0; return -1001; }
		static int info(void *platform, unsigned name, unsigned long size, void *value, unsigned long *used) { return -30; }
		void *clGetExtensionFunctionAddress(const char *name) { return __builtin_strcmp(name, "clIcdGetPlatformIDsKHR") ? (void *)info : (void *)platforms; }
		int clGetPlatformInfo(void *platform, unsigned name, unsigned long size, void *value, unsigned long *used) { return -30; }
	END
	OCL_ICD_VENDORS=$PWD/vendors both_ways clinfo -l
	check "
x = m['good']
assert (x['runtime'], x['outcome'], x['symbol']) == ('opencl', 'ok', 'clGetExtensionFunctionAddress') and x['init_ns'] > 0, x"
}

@test "openssl engines" {
	need_command openssl
	for name in good bad; do
		compile $name.so <<-END
			int ENGINE_set_id(void *, const char *), ENGINE_set_name(void *, const char *);
			unsigned long v_check(unsigned long version) { return 0x00030000; }
			int bind_engine(void *e, const char *id, const void *fns) { return $([ $name = bad ] && echo 0 || echo 1) && ENGINE_set_id(e, "$name") && ENGINE_set_name(e, "ours"); }
		END
	done
	# the error queue prints threads
	openssl engine dynamic -pre SO_PATH:"$PWD/bad.so" -pre LOAD 2>/dev/null | head -1 >plain.out
	"$DLSCOPE" record --strict -o T -- openssl engine dynamic -pre SO_PATH:"$PWD/bad.so" -pre LOAD 2>/dev/null | head -1 >recorded.out
	diff plain.out recorded.out
	"$DLSCOPE" report T --format json >report.json
	check "assert m['bad']['outcome'] == 'failed' and 'returned 0' in failed[m['bad']['id']]['message'], failed"

	both_ways openssl engine dynamic -pre SO_PATH:"$PWD/good.so" -pre LOAD
	check "
x = m['good']
assert (x['runtime'], x['outcome'], x['symbol']) == ('openssl', 'ok', 'bind_engine') and x['init_ns'] > 0, x"
}

@test "egl" {
	local egl=/usr/lib/x86_64-linux-gnu/libEGL.so.1
	[ -e "$egl" ] || skip "libegl1 is not installed (make test ALL=1 installs it)"
	gcc -w -o try -x c - -x none "$egl" <<-'END'
		#include <stdio.h>
		void *eglGetDisplay(void *); int eglInitialize(void *, int *, int *); const char *eglQueryString(void *, int);
		int main(void) { puts(eglQueryString(0, 0x3055) ? "extensions" : "none"); printf("%d\n", !!eglGetDisplay(0)); return 0; }
	END
	for name in good two bad three four; do
		compile lib$name.so <<-END
			static void *get(void *platform, void *display, const long *attributes) { return 0; }
			static int yes(int x) { return 1; }
			static const char *text(int x) { return ""; }
			static void *none(const char *name) { return 0; }
			unsigned __egl_Main(unsigned version, const void *exports, void *vendor, void **imports)
			{
				imports[0] = get; imports[1] = yes; imports[2] = text; imports[3] = none; imports[4] = none; imports[5] = none;
				return $([ $name = bad ] && echo 0 || echo 1);
			}
		END
		printf '{"file_format_version": "1.0.0", "ICD": {"library_path": "%s/lib%s.so"}}' "$PWD" $name >$name.json
	done
	__EGL_VENDOR_LIBRARY_FILENAMES=$(printf '%s:' "$PWD"/{good,two,bad,three,four}.json) both_ways ./try
	check "
assert all(m[name]['outcome'] == 'ok' for name in ('two', 'three', 'four')), m
assert m['good']['runtime'] == 'egl' and m['good']['outcome'] == 'ok' and m['good']['init_ns'] > 0, m['good']
assert m['bad']['outcome'] == 'failed' and 'returned 0' in failed[m['bad']['id']]['message'], failed"
}

# PostgreSQL wants an ordinary user, who must be able to read everything, dlscope too.
make_server() {
	local version parent=${TMPDIR:-/tmp}
	[ "$(id -u)" -ne 0 ] || parent=/tmp # where others may look
	place=$(mktemp -d "$parent/dlscope-XXXXXX")
	cp -r "$DLSCOPE_BUILD/bin" "$DLSCOPE_BUILD/lib" "$place"
	cd "$place" || return 1
	version=$("$pg/postgres" --version | sed 's/.* \([0-9]*\)\..*/\1/')
	for name in bad quiet; do
		compile $name.so <<-END
			static const struct { int length, version, arguments, keys, name, by_value; char extra[32]; const char *names[2]; }
				magic = { $version >= 18 ? 72 : 56, ${version}00, 100, 32, 64, 1, "PostgreSQL" };
			const void *Pg_magic_func(void) { return &magic; }
			$([ $name = quiet ] || echo 'int errstart(int, const char *), errmsg_internal(const char *, ...);
				void errfinish(const char *, int, const char *);
				void _PG_init(void) { errstart(21, 0); errmsg_internal("not today"); errfinish("bad.c", 1, "_PG_init"); }')
		END
	done
	compile magicless.so <<<'void _PG_init(void) { }'
	chmod -R a+rX .
	[ "$(id -u)" -ne 0 ] || chown nobody .
	as_user "$pg/initdb" -D "$place/db" -N -A trust >/dev/null
}

as_user() {
	if [ "$(id -u)" -eq 0 ]; then
		setpriv --reuid nobody --regid nogroup --clear-groups -- env HOME="$place" TMPDIR="$place" "$@"
	else
		env HOME="$place" TMPDIR="$place" "$@"
	fi
}

# serve [WORD...]: starts it behind these words; until it takes connections
serve() {
	as_user "$@" "$pg/postgres" -D "$place/db" -k "$place/db" -c listen_addresses= \
		-c shared_preload_libraries=auto_explain >>server.log 2>&1 3>&- &
	server=$!
	until as_user "$pg/pg_isready" -q -h "$place/db"; do
		kill -0 "$server" || { cat server.log; return 1; }
	done
}

stop_server() {
	as_user "$pg/pg_ctl" -D "$place/db" -m fast -w stop >/dev/null
	wait "$server"
}

statements() {
	as_user "$pg/psql" -X -h "$place/db" -d postgres -c "load 'auto_explain'" -c "load '$place/bad'" \
		-c "load '$place/bad'" -c "load '$place/magicless'" -c "load '$place/quiet'" \
		-c 'create extension hstore; create extension pg_trgm; create extension pgcrypto; create extension fuzzystrmatch' \
		-c "select 'a=>1'::hstore -> 'a', similarity('abc', 'abd'), encode(digest('a', 'sha1'), 'hex'), levenshtein('ab', 'c')" \
		-c 'drop extension hstore; drop extension pg_trgm; drop extension pgcrypto; drop extension fuzzystrmatch' \
		-c "do \$\$ begin raise notice 'from plpgsql'; end \$\$" -c 'select count(*) > 0 from pg_timezone_names' 2>&1 || true
}

# that of lib/runtimes.bash, and no server stays
teardown() {
	[ -z "${BATS_TEST_COMPLETED-}" ] || [ ! -s report.json ] || note_runtimes
	[ -n "${place-}" ] || return 0
	[ ! -e "$place/db/postmaster.pid" ] || as_user "$pg/pg_ctl" -D "$place/db" -m immediate -w stop
	rm -rf "$place"
}

@test "postgresql, a server" {
	pg=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | tail -1)
	[ -n "$pg" ] || skip "postgresql is not installed (make test ALL=1 installs it)"
	make_server
	serve
	statements >plain.out
	stop_server
	serve "$place/bin/dlscope" record --strict -o T --
	statements >recorded.out
	stop_server
	diff plain.out recorded.out
	grep -q 'not today' plain.out
	grep -q 'NOTICE.*from plpgsql' plain.out
	"$DLSCOPE" report T --format json >report.json
	check "
x = m['plpgsql']
assert (x['runtime'], x['outcome'], x['symbol']) == ('postgresql', 'ok', '_PG_init') and x['init_ns'] > 0, x
assert m['auto_explain']['outcome'] == 'ok' and m['quiet']['outcome'] == 'ok', (m['auto_explain'], m['quiet'])
for name in 'hstore', 'pg_trgm', 'pgcrypto', 'fuzzystrmatch':
    assert m[name]['outcome'] == 'ok' and m[name]['runtime'] == 'postgresql', m[name]
assert [x['outcome'] for x in r['modules'] if x['name'] == 'bad'] == ['unwound'] * 2, r['modules']
assert programs['postgres'] == {'name': 'postgresql', 'version': '$(basename "$(dirname "$pg")")'}, programs"
}
