/* SPDX-License-Identifier: MIT */
/*
 * dlscope report: what was loaded, how long it took, what failed.
 */
#include "command.h"

#include <locale.h>
#include <stdio.h>

#include "json_text.h"
#include "report.h"
#include "report_columns.h"

int cmd_report(const struct options *options)
{
	struct error *err;

	if (options->list_columns) {
		columns_list(stdout);
		return EXIT_OK;
	}
	/* the width of characters in tables; numbers and texts stay as they are */
	setlocale(LC_CTYPE, "");
	json_text_setup();
	err = report_run(options);
	if (!err)
		return EXIT_OK;
	error_report(err);
	return EXIT_TROUBLE;
}
