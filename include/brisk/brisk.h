/* Generated from bindings/abi/spec. Do not edit; run `make gen`. */
#ifndef BRISK_BRISK_H
#define BRISK_BRISK_H

/** The whole interface of brisk 0.1.0. */

#include <brisk/base.h>
#include <brisk/runtime.h>
#include <brisk/cache.h>
#include <brisk/intern.h>
#include <brisk/modules.h>
#include <brisk/workers.h>
#include <brisk/load.h>

#endif
