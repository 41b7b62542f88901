/* cmocka with what it wants before it. */
#ifndef LAGEBUS_TESTS_KIT_UNIT_H
#define LAGEBUS_TESTS_KIT_UNIT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#endif
