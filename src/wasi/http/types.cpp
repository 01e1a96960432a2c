#include "wasi/http/types.h"

#include "wasi/trap_stubs.h"

namespace wisp::wasi::http {

namespace {

constexpr std::string_view kOutgoingHandlerName = "wasi:http/outgoing-handler";
constexpr std::string_view kOutgoingHandlerFunctions[] = {
    "handle",
};
constexpr auto kOutgoingHandler =
    trap_stubs<kOutgoingHandlerName, kNoNames, kOutgoingHandlerFunctions>();

constexpr std::string_view kTypesName = "wasi:http/types";
constexpr std::string_view kTypesResources[] = {
    "fields",          "incoming-request",         "outgoing-request",
    "request-options", "response-outparam",        "incoming-response",
    "incoming-body",   "future-trailers",          "outgoing-response",
    "outgoing-body",   "future-incoming-response",
};
constexpr std::string_view kTypesFunctions[] = {
    "[constructor]fields",
    "[static]fields.from-list",
    "[method]fields.get",
    "[method]fields.has",
    "[method]fields.set",
    "[method]fields.delete",
    "[method]fields.append",
    "[method]fields.entries",
    "[method]fields.clone",
    "[method]incoming-request.method",
    "[method]incoming-request.path-with-query",
    "[method]incoming-request.scheme",
    "[method]incoming-request.authority",
    "[method]incoming-request.headers",
    "[method]incoming-request.consume",
    "[constructor]outgoing-request",
    "[method]outgoing-request.body",
    "[method]outgoing-request.method",
    "[method]outgoing-request.set-method",
    "[method]outgoing-request.path-with-query",
    "[method]outgoing-request.set-path-with-query",
    "[method]outgoing-request.scheme",
    "[method]outgoing-request.set-scheme",
    "[method]outgoing-request.authority",
    "[method]outgoing-request.set-authority",
    "[method]outgoing-request.headers",
    "[constructor]request-options",
    "[method]request-options.connect-timeout",
    "[method]request-options.set-connect-timeout",
    "[method]request-options.first-byte-timeout",
    "[method]request-options.set-first-byte-timeout",
    "[method]request-options.between-bytes-timeout",
    "[method]request-options.set-between-bytes-timeout",
    "[method]response-outparam.send-informational",
    "[static]response-outparam.set",
    "[method]incoming-response.status",
    "[method]incoming-response.headers",
    "[method]incoming-response.consume",
    "[method]incoming-body.stream",
    "[static]incoming-body.finish",
    "[method]future-trailers.subscribe",
    "[method]future-trailers.get",
    "[constructor]outgoing-response",
    "[method]outgoing-response.status-code",
    "[method]outgoing-response.set-status-code",
    "[method]outgoing-response.headers",
    "[method]outgoing-response.body",
    "[method]outgoing-body.write",
    "[static]outgoing-body.finish",
    "[method]future-incoming-response.subscribe",
    "[method]future-incoming-response.get",
    "http-error-code",
};
constexpr auto kTypes = trap_stubs<kTypesName, kTypesResources, kTypesFunctions>();

constexpr component::HostInterface kTable[] = {
    {kOutgoingHandlerName, "0.2.12", kOutgoingHandler},
    {kTypesName, "0.2.12", kTypes},
};

}  // namespace

const std::span<const component::HostInterface> kInterfaces = kTable;

}  // namespace wisp::wasi::http
