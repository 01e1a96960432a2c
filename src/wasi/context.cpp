#include "wasi/context.h"
