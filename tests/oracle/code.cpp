#include "tests/oracle/code.h"

#include <tuple>

namespace wisp::oracle {
namespace {

using jit::Opcode;

// Puts the immediates of an instruction where they belong; which ones there are says opcodes.def.
class ImmediateTaker {
 public:
  explicit ImmediateTaker(Instruction& instruction) : instruction_(instruction) {}

  void take() {}
  void take(uint32_t first, uint32_t second) {
    instruction_.first = first;
    instruction_.second = second;
  }
  void take(uint32_t index) { instruction_.first = index; }
  void take(uint64_t bits) { instruction_.first = bits; }
  void take(int32_t constant) { instruction_.first = static_cast<uint32_t>(constant); }
  void take(int64_t constant) { instruction_.first = static_cast<uint64_t>(constant); }
  void take(jit::MemArg access) { instruction_.first = access.offset; }
  void take(jit::ValueType type) { instruction_.type = type; }
  void take(jit::BlockType type) { instruction_.block = type; }
  void take(const jit::BrTable& table) {
    for (const uint32_t label : table) instruction_.labels.push_back(label);
  }

 private:
  Instruction& instruction_;
};

void read_immediates(jit::TrustedImmediates& bytes, Instruction& instruction) {
  const auto take = [&instruction](auto... immediates) {
    ImmediateTaker(instruction).take(immediates...);
  };
  switch (instruction.opcode) {
#define WISP_OPCODE_SIMPLE(prefix, code, Name, name, text, signature) \
  case Opcode::k##Name:                                               \
    return;
#define WISP_OPCODE_MEMORY(code, Name, name, text, signature, log2_size) \
  case Opcode::k##Name:                                                  \
    return std::apply(take, bytes.read_memarg());
#define WISP_OPCODE_SPECIAL(prefix, code, Name, name, text, immediates) \
  case Opcode::k##Name:                                                 \
    return std::apply(take, bytes.read_##immediates());
#include "jit/wasm/opcodes.def"
  }
}

// Finds the ends of blocks as it goes.
class InstructionReader {
 public:
  InstructionReader(const jit::Module& module, std::span<const uint8_t> bytes, uint64_t offset)
      : begin_(bytes.data()),
        end_(begin_ + bytes.size()),
        offset_(offset),
        bytes_(module, begin_, end_) {}

  std::vector<jit::ValueType> read_locals() {
    std::vector<jit::ValueType> locals;
    for (uint32_t groups = index(); groups != 0; --groups) {
      const uint32_t count = index();
      locals.insert(locals.end(), count, std::get<0>(bytes_.read_ref_type()));
    }
    return locals;
  }

  std::vector<Instruction> read_instructions() {
    while (bytes_.at() < end_) {
      Instruction instruction;
      instruction.offset = offset_ + static_cast<uint64_t>(bytes_.at() - begin_);
      instruction.opcode = bytes_.read_opcode();
      read_immediates(bytes_, instruction);
      instructions_.push_back(std::move(instruction));
      match_blocks(instructions_.size() - 1);
    }
    return std::move(instructions_);
  }

 private:
  uint32_t index() { return std::get<0>(bytes_.read_local()); }

  void match_blocks(size_t at) {
    switch (instructions_[at].opcode) {
      case Opcode::kBlock:
      case Opcode::kLoop:
      case Opcode::kIf:
        return open_.push_back(at);
      case Opcode::kElse:
        instructions_[open_.back()].otherwise = at;
        return;
      case Opcode::kEnd:
        return close(at);
      default:
        return;
    }
  }
  void close(size_t at) {
    if (open_.empty()) return;  // the end of the function
    Instruction& opening = instructions_[open_.back()];
    open_.pop_back();
    opening.end = at;
    if (opening.otherwise == 0) {
      opening.otherwise = at;
    } else {
      instructions_[opening.otherwise].end = at;
    }
  }

  const uint8_t* begin_;
  const uint8_t* end_;
  uint64_t offset_;
  jit::TrustedImmediates bytes_;
  std::vector<Instruction> instructions_;
  std::vector<size_t> open_;
};

}  // namespace

Code read_body(const jit::Module& module, const jit::FunctionBody& body) {
  InstructionReader reader(module, body.code, body.file_offset);
  Code code;
  code.locals = reader.read_locals();
  code.instructions = reader.read_instructions();
  return code;
}

Code read_expression(const jit::Module& module, const jit::ConstExpr& expression) {
  return {{},
          InstructionReader(module, expression.code, expression.file_offset).read_instructions()};
}

}  // namespace wisp::oracle
