// wisp.h: what the machine gives.
#include "api/handles.h"
#include "wasi/doctor.h"

char* wisp_system_report(void) { return wisp::copy_string(wisp::wasi::doctor_report()); }
