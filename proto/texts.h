/* The texts of a decoded message: protobuf-c takes any bytes for a string. */
#ifndef LAGEBUS_PROTO_TEXTS_H
#define LAGEBUS_PROTO_TEXTS_H

#include <protobuf-c/protobuf-c.h>
#include <stdbool.h>

/* Is every string of the message, and of those in it, UTF-8? As far as protobuf-c keeps it: a string ends at its first NUL. Our schemas do
 * not recurse, and so this ends. */
bool texts_are_utf8(const ProtobufCMessage *m);

#endif
