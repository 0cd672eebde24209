/* SPDX-License-Identifier: MIT */
/*
 * Modules: an init, the resolution that handed it out, and the load whose handle
 * that one searched; or, of one that registered itself, its load.
 *
 * A load or resolution counts for one module only: the first whose init came from
 * it.  Another init out of the same library (a second luaopen_, a single-phase
 * module that CPython creates again) has its init time alone.  Slots count for the
 * init that they name.
 */
#include "model_internal.h"
#include "module_name.h"

static struct module *module_create(struct process *process)
{
	struct module *module = g_new0(struct module, 1);

	module->process = process;
	module->runtime = process->runtime ? process->runtime : "";
	module->kind = enum_name(enum_init_kind, INIT_OTHER);
	return module;
}

static void add_span(struct module *module, const struct span *span, uint64_t *part_ns)
{
	*part_ns += span->total_ns;
	module->self_ns += span->self_ns;
	module->cpu_ns += span->cpu_ns;
	module->minor_faults += span->minor_faults;
	module->major_faults += span->major_faults;
}

static void count_load(struct module *module, struct load *load)
{
	load->module = module;
	add_span(module, &load->span, &module->open_ns);
	module->resolve_ns += load->probe_ns;
	module->self_ns += load->probe_ns;
}

/* The load before this one was for an export hook, which the file does not have. */
static void claim_first_try(struct module *module, struct load *load)
{
	if (load->module)
		return;
	module->begin_ns = load->span.begin_ns;
	count_load(module, load);
}

static void claim_load(struct module *module, struct load *load)
{
	if (!load)
		return;
	module->object = load->object;
	if (load->module)
		return;
	module->load = load;
	module->begin_ns = load->span.begin_ns;
	if (load->first_try)
		claim_first_try(module, load->first_try);
	count_load(module, load);
}

static void count_resolution(struct module *module, struct resolution *resolution)
{
	resolution->claimed = true;
	module->resolve_ns += resolution->duration_ns;
	module->self_ns += resolution->duration_ns;
}

static void claim_resolution(struct module *module, struct resolution *resolution)
{
	if (!resolution)
		return;
	if (!resolution->claimed) {
		module->begin_ns = resolution->begin_ns;
		count_resolution(module, resolution);
	}
	claim_load(module, resolution->load);
}

static void set_name(struct model *model, struct module *module,
		     const struct convention *convention, const char *context)
{
	g_autofree char *name = convention_module_name(convention, module->symbol, context,
						       module->object ? module->object->path : "");

	module->name = model_intern(model, name);
	if (convention)
		module->runtime = runtime_display_name(convention->runtime);
}

/* Of a host that no rule is about. */
static void set_plain_name(struct model *model, struct module *module)
{
	g_autofree char *name = module_name_of_file(module->object ? module->object->path : "");

	module->name = model_intern(model, *name ? name : module->symbol);
	module->runtime = "";
}

enum module_outcome init_outcome(const struct init *init)
{
	if (init->span.open)
		return MODULE_IN_FLIGHT;
	if (init->outcome == INIT_UNWOUND)
		return MODULE_UNWOUND;
	if (init->convention && convention_failed(init->convention, init->result, init->failed))
		return MODULE_FAILED;
	return MODULE_OK;
}

static bool is_builtin(const struct init *init)
{
	return init->convention && init->convention->kind == BUILTIN;
}

/* What it returned says nothing when it failed. */
static const char *init_kind_name(const struct init *init, enum module_outcome outcome)
{
	const char *kind = enum_name(enum_init_kind, init->kind);

	if (is_builtin(init))
		return "builtin";
	if (init->convention && init->convention->kind == EXPORT_HOOK)
		return "export-hook";
	return outcome == MODULE_OK && kind ? kind : enum_name(enum_init_kind, INIT_OTHER);
}

/* CPython counts interpreters from the main one's 0. */
static void set_interpreter(struct model *model, struct module *module, uint32_t interpreter)
{
	g_autofree char *number = NULL;

	if (!interpreter)
		return;
	module->process->sub_interpreters |= interpreter > 1;
	number = g_strdup_printf("%u", interpreter - 1);
	module->interpreter = model_intern(model, interpreter == 1 ? "main" : number);
}

static void claim_init(struct module *module, struct init *init)
{
	init->module = module;
	module->init_calls++;
	add_span(module, &init->span, &module->init_ns);
}

static void module_of_init(struct model *model, struct init *init)
{
	struct module *module = module_create(init->span.process);

	module->init = init;
	module->symbol = init->symbol;
	module->begin_ns = init->span.begin_ns;
	module->object = is_builtin(init) ? NULL : init->object;
	module->outcome = init_outcome(init);
	module->kind = init_kind_name(init, module->outcome);
	claim_resolution(module, init->resolution);
	claim_load(module, init->load);
	claim_init(module, init);
	set_name(model, module, init->convention, init->module_context);
	set_interpreter(model, module, init_interpreter(init));
	g_ptr_array_add(model->modules, module);
}

/* --- called again ------------------------------------------------------------------ */

static bool same_file(const struct object *a, const struct object *b)
{
	return a == b || (a && b && !strcmp(a->path, b->path));
}

/* The module that an init is of which its runtime calls any number of times; a driver may
 * have been unloaded in between. */
static struct module *called_before(const struct model *model, const struct init *init)
{
	guint i;

	if (!init->convention || init->convention->kind != REPEATED)
		return NULL;
	for (i = model->modules->len; i-- > 0;) {
		struct module *module = model->modules->pdata[i];

		if (module->process == init->span.process &&
		    module->init->convention == init->convention &&
		    same_file(module->init->object, init->object))
			return module;
	}
	return NULL;
}

static void module_called_again(struct module *module, struct init *init)
{
	struct resolution *resolution = init->resolution;
	enum module_outcome outcome = init_outcome(init);

	if (resolution && !resolution->claimed)
		count_resolution(module, resolution);
	if (resolution && resolution->load && !resolution->load->module)
		count_load(module, resolution->load);
	claim_init(module, init);
	if (outcome == MODULE_IN_FLIGHT || outcome == MODULE_UNWOUND)
		module->outcome = outcome;
}

static void take_init(struct model *model, struct init *init)
{
	struct module *before = called_before(model, init);

	if (before)
		module_called_again(before, init);
	else
		module_of_init(model, init);
}

/* The entry of a library that has no init function: data, or one that was looked for
 * in vain, and not found under another name either; of a library that no runtime has
 * loaded, what was looked up first. */
static struct resolution *entry_of(const struct load *load)
{
	if (load->bare_entry)
		return load->bare_entry;
	return load->missing_init ? load->missing_init : load->first_symbol;
}

static bool need_not_be(const struct load *load)
{
	return load->bare_entry || !load->missing_init ||
	       load->missing_init->convention->presence == OPTIONAL;
}

static void module_without_init(struct model *model, struct load *load)
{
	struct resolution *resolution = entry_of(load);
	struct module *module = module_create(load->span.process);

	module->symbol = resolution->symbol;
	claim_load(module, load); /* has the resolution's time as probe_ns */
	set_interpreter(model, module, load->span.interp ? load->span.interp->interpreter : 0);
	if (resolution == load->first_symbol)
		set_plain_name(model, module);
	else
		set_name(model, module, resolution->convention, "");
	module->outcome = need_not_be(load) ? MODULE_OK : MODULE_FAILED;
	module->failure = need_not_be(load) ? NULL : resolution->failure;
	if (module->failure)
		module->failure->module = module;
	g_ptr_array_add(model->modules, module);
}

enum module_outcome slot_outcome(const struct slot *slot)
{
	if (slot->span.open)
		return MODULE_IN_FLIGHT;
	if (slot->outcome == INIT_UNWOUND)
		return MODULE_UNWOUND;
	return slot->failed ? MODULE_FAILED : MODULE_OK;
}

/* The slots of a module run one after the other until one does not succeed. */
static void claim_slot(struct model *model, const struct slot *slot)
{
	struct module *module = slot_module(slot);

	if (!module)
		return;
	module->slots_run++;
	set_interpreter(model, module, slot->span.interpreter);
	add_span(module, &slot->span,
		 slot->kind == SLOT_CREATE ? &module->create_ns : &module->exec_ns);
	if (module->outcome == MODULE_OK)
		module->outcome = slot_outcome(slot);
	if (slot->kind != SLOT_MEMBER &&
	    convention_names(slot->init->convention, module->symbol, slot->module_name))
		module->name = slot->module_name;
}

/* --- which module asked -------------------------------------------------------- */

struct module *span_module(const struct span *span)
{
	switch (span->kind) {
	case SPAN_LOAD: return ((const struct load *)span)->module;
	case SPAN_INIT: return ((const struct init *)span)->module;
	case SPAN_SLOT: return slot_module((const struct slot *)span);
	case SPAN_CLOSE: break;
	}
	return NULL;
}

/* In whose open, init or slot span it began. */
static struct module *find_parent(const struct module *module)
{
	const struct span *span = module->load ? &module->load->span : &module->init->span;

	for (span = span->parent; span; span = span->parent) {
		struct module *parent = span_module(span);

		if (parent && parent != module)
			return parent;
	}
	return NULL;
}

static gint compare_begin(gconstpointer a, gconstpointer b)
{
	const struct module *first = *(struct module *const *)a,
			    *second = *(struct module *const *)b;

	return first->begin_ns < second->begin_ns ? -1 : first->begin_ns > second->begin_ns;
}

static const struct place *find_place(const struct module *module)
{
	const struct resolution *resolution = module->init ? module->init->resolution : NULL;
	const struct place *place = module->load ? span_requested_at(&module->load->span) : NULL;

	if (!place && resolution && resolution->interp)
		place = resolution->interp->requested_at;
	return place || !module->init ? place : span_requested_at(&module->init->span);
}

static void complete(struct module *module, uint32_t id)
{
	module->id = id;
	module->total_ns = module->open_ns + module->resolve_ns + module->init_ns +
			   module->create_ns + module->exec_ns;
	module->parent = find_parent(module);
	module->requested_at = find_place(module);
}

void modules_finish(struct model *model)
{
	guint i;

	for (i = 0; i < model->inits->len; i++)
		take_init(model, model->inits->pdata[i]);
	for (i = 0; i < model->slots->len; i++)
		claim_slot(model, model->slots->pdata[i]);
	for (i = 0; i < model->loads->len; i++) {
		struct load *load = model->loads->pdata[i];

		if (entry_of(load) && !load->module && !load->tried_again)
			module_without_init(model, load);
	}
	g_ptr_array_sort(model->modules, compare_begin);
	for (i = 0; i < model->modules->len; i++)
		complete(model->modules->pdata[i], i + 1);
}
