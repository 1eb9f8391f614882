/* Loads the module "numbers" of the search path, and prints what the report tells of it. */
#include <brisk/brisk.h>
#include <stdio.h>

int main(void) {
  brisk_error *error = NULL;
  brisk_modules *modules = NULL;
  brisk_module_report *report = NULL;
  uint64_t found = 0;
  brisk_status status = brisk_modules_new(NULL, NULL, &modules, &error);
  if (status == BRISK_OK) status = brisk_modules_scan(modules, NULL, 0, &found, &error);
  if (status == BRISK_OK) status = brisk_modules_load(modules, "numbers", 7, 0, &error);
  if (status == BRISK_OK) status = brisk_modules_report(modules, &report, &error);
  if (status == BRISK_OK) {
    printf("%s %s\n", brisk_module_report_text(report, 0, BRISK_MODULE_TEXT_KINDS),
           brisk_module_report_text(report, 0, BRISK_MODULE_TEXT_VERSION));
  }
  if (status < 0) fprintf(stderr, "%s\n", brisk_error_message(error));
  brisk_error_unref(error);
  brisk_module_report_unref(report);
  brisk_modules_unref(modules);
  return status != BRISK_OK;
}
