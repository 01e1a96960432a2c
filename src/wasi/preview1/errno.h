// errno of the host -> errno of WASI preview 1. With wasi/error_code, the only place where that
// happens.
#pragma once

#include <cstdint>

namespace wisp::wasi::preview1 {

// wasi_snapshot_preview1, $errno, in its order.
// clang-format off
enum class Errno : uint16_t {
  kSuccess, k2big, kAcces, kAddrinuse, kAddrnotavail, kAfnosupport, kAgain, kAlready, kBadf,
  kBadmsg, kBusy, kCanceled, kChild, kConnaborted, kConnrefused, kConnreset, kDeadlk,
  kDestaddrreq, kDom, kDquot, kExist, kFault, kFbig, kHostunreach, kIdrm, kIlseq, kInprogress,
  kIntr, kInval, kIo, kIsconn, kIsdir, kLoop, kMfile, kMlink, kMsgsize, kMultihop, kNametoolong,
  kNetdown, kNetreset, kNetunreach, kNfile, kNobufs, kNodev, kNoent, kNoexec, kNolck, kNolink,
  kNomem, kNomsg, kNoprotoopt, kNospc, kNosys, kNotconn, kNotdir, kNotempty, kNotrecoverable,
  kNotsock, kNotsup, kNotty, kNxio, kOverflow, kOwnerdead, kPerm, kPipe, kProto, kProtonosupport,
  kPrototype, kRange, kRofs, kSpipe, kSrch, kStale, kTimedout, kTxtbsy, kXdev, kNotcapable,
};
// clang-format on

Errno to_errno(int error_number);

}  // namespace wisp::wasi::preview1
