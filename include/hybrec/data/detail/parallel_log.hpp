// SPDX-License-Identifier: MIT
/// @file
/// Reads the rows of a table of interactions by several threads.
#pragma once

#include <hybrec/core/buffer.hpp>
#include <hybrec/core/error.hpp>
#include <hybrec/core/on_use.hpp>
#include <hybrec/core/threads.hpp>
#include <hybrec/data/delimited.hpp>
#include <hybrec/data/detail/count_lines.hpp>
#include <hybrec/data/detail/first_seen.hpp>
#include <hybrec/data/detail/interaction_layout.hpp>
#include <hybrec/data/detail/parse.hpp>
#include <hybrec/data/detail/row_scanner.hpp>
#include <hybrec/data/interaction.hpp>
#include <hybrec/data/interaction_columns.hpp>
#include <hybrec/data/interaction_log.hpp>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace hybrec::detail {

/// What one thread reads of a table of interactions: rows from anywhere, numbered on its own.
template <class = on_use>
class log_worker {
  public:
    log_worker(const delimited_reader& whole, const interaction_columns& columns,
               const interaction_layout& layout)
        : columns_{columns}, layout_{layout}, reader_(whole.reader_at(0)) {
        if (whole.delimiter().size() == 1)
            scanner_.emplace(whole.text(), whole.delimiter().front(), whole.quoted(),
                             whole.fields().size());
    }

    /// Reads the rows that begin in [`begin`, `end`), both line beginnings.
    /// @param events takes them; room for one event for every line
    /// @return how many events; nothing if a row is in error or reaches behind `end`.
    [[nodiscard]] std::optional<std::size_t> read(std::size_t begin, std::size_t end,
                                                  interaction* events) {
        try {
            return read_rows(begin, end, events);
        } catch (const data_error&) {
            return std::nullopt;
        }
    }

    /// The place of the next event in the file: ascending, with gaps.
    void set_place(std::uint64_t place) noexcept { place_ = place; }

    [[nodiscard]] const first_seen& users() const noexcept { return users_; }
    [[nodiscard]] const first_seen& items() const noexcept { return items_; }
    [[nodiscard]] const first_seen& kinds() const noexcept { return kinds_; }

  private:
    /// An event whose ids are not numbered yet.
    struct waiting {
        std::string_view user;
        std::string_view item;
        std::uint64_t user_hash;
        std::uint64_t item_hash;
        std::uint64_t place;
    };

    [[nodiscard]] std::optional<std::size_t> read_rows(std::size_t begin, std::size_t end,
                                                       interaction* events) {
        interaction* const first = events;
        for (std::size_t position = begin; position != end;) {
            if (position > end)
                return std::nullopt;
            if (scanner_) {
                const auto outcome = scanner_->next(position);
                if (outcome == row_scanner<>::outcome::row && !take(*scanner_, events))
                    return std::nullopt;
                if (outcome != row_scanner<>::outcome::other)
                    continue;
            }
            reader_.move_to(position);
            if (!reader_.next() || reader_.row_begin() >= end)
                break; // nothing but blank lines
            position = reader_.position();
            if (!take(reader_, events))
                return std::nullopt;
            number_waiting(events); // its fields end with the reader's row
        }
        number_waiting(events);
        return static_cast<std::size_t>(events - first);
    }

    /// Reads a row into `events`, which grows; its ids wait. False for an error.
    template <class Fields>
    [[nodiscard]] bool take(const Fields& fields, interaction*& events) {
        const std::string_view user = fields[layout_.user];
        const std::string_view item = fields[layout_.item];
        if (is_blank(user) || is_blank(item))
            return false;
        interaction event;
        if (layout_.weight) {
            const std::optional<float> weight = parse_weight(fields[*layout_.weight]);
            if (!weight)
                return false;
            event.weight = *weight;
        }
        if (layout_.time) {
            const std::optional<unix_seconds> time = parse_time(fields[*layout_.time]);
            if (!time)
                return false;
            event.time = *time;
        }
        if (event.weight < columns_.minimum_weight)
            return true;
        const std::uint64_t place = place_++;
        if (layout_.kind) {
            const std::string_view kind = fields[*layout_.kind];
            event.kind = kinds_.add(kind, text_hash(kind), place);
        }
        waiting& ids = waiting_[waiting_count_];
        ids = {user, item, text_hash(user), text_hash(item), place};
        users_.prefetch(ids.user_hash);
        items_.prefetch(ids.item_hash);
        *events++ = event;
        if (++waiting_count_ == waiting_.size())
            number_waiting(events);
        return true;
    }

    /// Numbers the ids of the last events. Late, so that their places in memory have arrived.
    void number_waiting(interaction* events) {
        interaction* event = events - waiting_count_;
        for (std::size_t at = 0; at < waiting_count_; ++at, ++event) {
            const waiting& ids = waiting_[at];
            event->user = user_index(users_.add(ids.user, ids.user_hash, ids.place));
            event->item = item_index(items_.add(ids.item, ids.item_hash, ids.place));
        }
        waiting_count_ = 0;
    }

    [[nodiscard]] static bool is_blank(std::string_view id) noexcept {
        return id.empty() || ((id.front() == ' ' || id.front() == '\t') && trimmed(id).empty());
    }

    const interaction_columns& columns_;
    const interaction_layout& layout_;
    delimited_reader reader_; ///< for rows that the scanner does not split
    std::optional<row_scanner<>> scanner_;
    std::array<waiting, 32> waiting_{};
    std::size_t waiting_count_ = 0;
    std::uint64_t place_ = 0;
    first_seen users_;
    first_seen items_;
    first_seen kinds_;
};

/// Cuts the text into parts of a fixed size at line ends and reads them at the same time.
///
/// It gives up wherever something is out of the ordinary: a row that is an error, or a quoted field
/// that reaches into the next part. One thread then reads the table from the start, with the error
/// messages of one that reads row by row. What it does not give up is what that thread would read.
template <class = on_use>
class parallel_log {
  public:
    /// @param reader stands on the first row with an interaction
    /// @param part_bytes at least 1
    parallel_log(const delimited_reader& reader, const interaction_columns& columns,
                 const interaction_layout& layout, std::size_t part_bytes, const execution& where)
        : reader_{reader},
          columns_{columns},
          layout_{layout},
          text_{reader.text()},
          begin_{reader.row_begin()},
          part_bytes_{part_bytes},
          parts_((text_.size() - begin_ + part_bytes - 1) / part_bytes),
          where_{where} {}

    /// Fills ids, kinds and events of `log`, which has none. False if it gave up; `log` is as it
    /// was then.
    /// @throws cancelled
    [[nodiscard]] bool read(interaction_log& log) {
        std::vector<interaction> events = room_for_events();
        thread_pool& pool = where_.threads();
        workers_.resize(pool.size());
        std::atomic<bool> given_up{false};
        pool.for_chunks(
            parts_.size(), 1,
            [&](std::size_t at, std::size_t, std::size_t thread) {
                if (given_up.load(std::memory_order_relaxed))
                    return;
                std::unique_ptr<log_worker<>>& worker = workers_[thread];
                if (!worker)
                    worker = std::make_unique<log_worker<>>(reader_, columns_, layout_);
                part& own = parts_[at];
                own.thread = thread;
                worker->set_place(own.first_event);
                const std::optional<std::size_t> count =
                    worker->read(line_from(at), line_from(at + 1), events.data() + own.first_event);
                if (count)
                    own.event_count = *count;
                else
                    given_up.store(true, std::memory_order_relaxed);
            },
            where_.stop);
        if (given_up.load(std::memory_order_relaxed))
            return false;
        number(log, events);
        close_gaps(events);
        log.events = std::move(events);
        return true;
    }

  private:
    struct part {
        std::size_t first_event = 0; ///< where its events have room
        std::size_t event_count = 0;
        std::size_t thread = 0;
    };

    /// The beginning of the first line from part `at` on.
    [[nodiscard]] std::size_t line_from(std::size_t at) const noexcept {
        if (at == 0)
            return begin_;
        const std::size_t nominal = begin_ + at * part_bytes_;
        if (nominal >= text_.size())
            return text_.size();
        return std::min(text_.find('\n', nominal), text_.size() - 1) + 1;
    }

    /// One event for every line, so that all parts can write theirs at once.
    [[nodiscard]] std::vector<interaction> room_for_events() {
        thread_pool& pool = where_.threads();
        std::vector<std::size_t> lines(parts_.size());
        // A line begins in the part in which the line before it ends; the first one in the first.
        const std::string_view text = text_.substr(begin_, text_.size() - 1 - begin_);
        pool.for_chunks(
            parts_.size(), 1,
            [&](std::size_t at, std::size_t, std::size_t) {
                lines[at] = count_line_ends(
                                text.substr(std::min(at * part_bytes_, text.size()), part_bytes_)) +
                            (at == 0);
            },
            where_.stop);
        std::size_t total = 0;
        for (std::size_t at = 0; at < parts_.size(); ++at) {
            parts_[at].first_event = total;
            total += lines[at];
        }
        std::vector<interaction> events;
        events.reserve(total);
        constexpr std::size_t stretch = (std::size_t{32} << 20) / sizeof(interaction);
        pool.for_chunks(total, stretch, [&](std::size_t begin, std::size_t end, std::size_t) {
            prepare_pages(events.data() + begin, (end - begin) * sizeof(interaction));
        });
        events.resize(total);
        return events;
    }

    /// Replaces the threads' numbers of ids and kinds by those of the whole file.
    void number(interaction_log& log, std::vector<interaction>& events) {
        std::vector<std::size_t> position(workers_.size()); // of a thread among those that worked
        std::vector<std::unique_ptr<log_worker<>>> workers;
        for (std::size_t thread = 0; thread < workers_.size(); ++thread)
            if (workers_[thread]) {
                position[thread] = workers.size();
                workers.push_back(std::move(workers_[thread]));
            }
        const auto ids_of = [&](const first_seen& (log_worker<>::*kind)() const noexcept) {
            aligned_vector<const first_seen*> ids;
            for (const std::unique_ptr<log_worker<>>& worker : workers)
                ids.push_back(&(*worker.*kind)());
            return ids;
        };
        auto users = merge_first_seen<user_index>(ids_of(&log_worker<>::users));
        auto items = merge_first_seen<item_index>(ids_of(&log_worker<>::items));
        const auto kinds = merge_first_seen<feature_index>(ids_of(&log_worker<>::kinds));
        if (workers.size() > 1)
            where_.threads().for_chunks(
                parts_.size(), 1,
                [&](std::size_t at, std::size_t, std::size_t) {
                    const part& own = parts_[at];
                    const std::size_t thread = position[own.thread];
                    for (std::size_t next = 0; next < own.event_count; ++next) {
                        interaction& event = events[own.first_event + next];
                        event.user = user_index(users.numbers[thread][event.user.value()]);
                        event.item = item_index(items.numbers[thread][event.item.value()]);
                        if (layout_.kind)
                            event.kind = kinds.numbers[thread][event.kind];
                    }
                },
                where_.stop);
        log.users = std::move(users.ids);
        log.items = std::move(items.ids);
        for (std::size_t kind = 0; kind < kinds.ids.size(); ++kind)
            log.kinds.emplace_back(kinds.ids[feature_index(kind)]);
    }

    /// Moves the parts' events together where lines had none.
    void close_gaps(std::vector<interaction>& events) const {
        std::size_t end = 0;
        for (const part& own : parts_) {
            if (own.first_event != end)
                std::copy_n(events.data() + own.first_event, own.event_count, events.data() + end);
            end += own.event_count;
        }
        events.resize(end);
    }

    const delimited_reader& reader_;
    const interaction_columns& columns_;
    const interaction_layout& layout_;
    std::string_view text_;
    std::size_t begin_; ///< where the first interaction stands
    std::size_t part_bytes_;
    std::vector<part> parts_;
    std::vector<std::unique_ptr<log_worker<>>> workers_; ///< by thread
    const execution& where_;
};

} // namespace hybrec::detail
