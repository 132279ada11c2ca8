#ifndef P2PCHAT_CQRENCODE_SHIM_H
#define P2PCHAT_CQRENCODE_SHIM_H

#include <qrencode.h>

#endif
