# SPDX-License-Identifier: MIT
# Drivers that resolve functions by the thousand.

load ../lib/common
load ../lib/runtimes

# backend COUNT: libbackend.so with so many functions
backend() {
	seq "$1" | sed 's/.*/int drv_function_&(void) { return &; }/' | compile libbackend.so
}

# driver COUNT: a driver of OpenCL's loader that asks libbackend.so for so many, twice
driver() {
	mkdir -p vendors
	echo "$PWD/libgood.so" >vendors/good.icd
	compile libgood.so -DCOUNT="$1" <<-'END'
		#include <dlfcn.h>
		#include <stdio.h>
		static int found;
		static void resolve(void) {
			void *backend = dlopen("./libbackend.so", RTLD_NOW);
			char name[64];
			for (int i = 2; i < 2 * COUNT + 2; i++) { sprintf(name, "drv_function_%d", i / 2); found += !!dlsym(backend, name); }
			fprintf(stderr, "%d found\n", found);
		}
		static int platforms(unsigned count, void **list, unsigned *found_platforms) { if (!found) resolve(); if (found_platforms) *found_platforms = 0; return -1001; }
		static int info(void *platform, unsigned name, unsigned long size, void *value, unsigned long *used) { return -30; }
		void *clGetExtensionFunctionAddress(const char *name) {
			return !__builtin_strcmp(name, "clIcdGetPlatformIDsKHR") ? (void *)platforms : !__builtin_strcmp(name, "clGetPlatformInfo") ? (void *)info : 0;
		}
		int clGetPlatformInfo(void *platform, unsigned name, unsigned long size, void *value, unsigned long *used) { return -30; }
	END
	export OCL_ICD_VENDORS=$PWD/vendors
}

@test "a driver that finds most of what it looks up" {
	need_command clinfo
	backend 3000
	driver 3500
	both_ways clinfo -l
	grep -q '^6000 found$' plain.err
	check "
good = [x for x in r['modules'] if x['name'] == 'good']
assert len(good) == 1, good
assert (good[0]['runtime'], good[0]['symbol'], good[0]['outcome']) == ('opencl', 'clGetExtensionFunctionAddress', 'ok'), good
assert good[0]['init_calls'] >= 1 and good[0]['init_ns'] > 0 and good[0]['open_ns'] > 0, good
# the library that it loads, as a module without an init function
assert m['backend']['runtime'] == '' and m['backend']['init_calls'] == 0 and m['backend']['symbol'] == 'drv_function_1', m['backend']
# each symbol once, with how often it was looked up; nothing is lost
symbols = {x['symbol']: x for x in r['symbols'] if x['symbol'].startswith('drv_function_')}
assert len(symbols) == len([x for x in r['symbols'] if x['symbol'].startswith('drv_function_')]) == 3500, len(symbols)
assert all(x['count'] == 2 and x['failed'] == (0 if int(name.split('_')[2]) <= 3000 else 2) for name, x in symbols.items())
assert r['trace']['lost_events'] == 0 and r['trace']['complete'], r['trace']
# what was not there is one story
missing = [f for f in r['failures'] if (f['missing'] or '').startswith('drv_function_')]
assert [(f['severity'], f['count'], f['headline']) for f in missing] == [('probe', 1000, '500 symbols were looked up in vain in libbackend.so')], missing"
	[ "$("$DLSCOPE" report T --limit 0 | wc -l)" -lt 20 ] || fail "$("$DLSCOPE" report T --limit 0)"
	[ "$("$DLSCOPE" report T --failed-only | wc -l)" -lt 20 ] || fail "$("$DLSCOPE" report T --failed-only)"
}

@test "lookups in bulk of which the last ends the program" {
	backend 30
	cat >asks.c <<-'END'
		#include <dlfcn.h>
		#include <stdio.h>
		int main(void) {
			void *backend = dlopen("./libbackend.so", RTLD_NOW);
			char name[64];
			for (int i = 1; i <= 50; i++) { sprintf(name, "drv_function_%d", i); dlsym(backend, name); }
			return dlsym(backend, "drv_begin") ? 0 : 1;
		}
	END
	gcc -o asks asks.c
	run ./asks
	assert_status 1
	run "$DLSCOPE" record -o T ./asks
	assert_status 1
	"$DLSCOPE" report T --json >report.json
	"$PYTHON" -c '
import json
failures = json.load(open("report.json"))["failures"]
assert [(f["severity"], f["count"]) for f in failures] == [("fatal", 21)], failures
assert any("drv_begin last" in line for line in failures[0]["evidence"]), failures'
}

@test "one that finds little" {
	need_command clinfo
	backend 10
	driver 200
	both_ways clinfo -l
	check "
missing = [f for f in r['failures'] if (f['missing'] or '').startswith('drv_function_')]
assert [(f['severity'], f['count']) for f in missing] == [('failure', 380)], missing
assert 'drv_function_11, drv_function_12, drv_function_13 and 187 more, drv_function_200 last' in missing[0]['evidence'], missing"
	# a few are told one by one
	driver 20
	both_ways clinfo -l
	check "assert len([f for f in r['failures'] if (f['missing'] or '').startswith('drv_function_')]) == 10, r['failures']"
}

@test "a driver of Vulkan as it is" {
	need_command vulkaninfo
	local icd=/usr/share/vulkan/icd.d/lvp_icd.x86_64.json
	[ -e "$icd" ] || skip "mesa-vulkan-drivers is not installed (make test ALL=1 installs it)"
	XDG_RUNTIME_DIR=$PWD VK_ICD_FILENAMES=$icd both_ways vulkaninfo --summary
	check "
lvp = [x for x in r['modules'] if x['runtime'] == 'vulkan']
assert [(x['name'], x['outcome']) for x in lvp] == [('vulkan_lvp', 'ok')] and lvp[0]['init_calls'] > 1 and lvp[0]['open_ns'] > 0, lvp
assert r['trace']['lost_events'] == 0, r['trace']"
}
