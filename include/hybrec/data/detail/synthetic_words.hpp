// SPDX-License-Identifier: MIT
/// @file
/// Invented titles for invented items.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace hybrec::detail {

/// A genre, and the nine adjectives and ten nouns of its titles, with commas between them: arrays of
/// words would cost whoever includes this more than they are worth.
struct genre_words {
    std::string_view name;
    std::string_view adjectives;
    std::string_view nouns;
};

inline constexpr genre_words genre_vocabulary[] = {
    {"science fiction", "Silent,Distant,Frozen,Quantum,Lost,Infinite,Hollow,Last,Stellar",
     "Orbit,Signal,Colony,Machine,Horizon,Star,Android,Voyage,Planet,Engine"},
    {"romance", "Tender,Secret,Summer,Unspoken,Second,Reluctant,Midnight,Golden,Shy",
     "Kiss,Letter,Promise,Wedding,Heart,Dance,Garden,Proposal,Embrace,Valentine"},
    {"horror", "Dark,Whispering,Bloodless,Buried,Screaming,Cursed,Nameless,Pale,Rotten",
     "Cellar,Doll,Grave,Shadow,Asylum,Mirror,Ritual,Crypt,Nightmare,Attic"},
    {"comedy", "Awkward,Clumsy,Cheerful,Accidental,Ridiculous,Lazy,Overdressed,Honest,Double",
     "Neighbour,Roommate,Butler,Holiday,Mistake,Audition,Dentist,Parrot,Inheritance,Sandwich"},
    {"western", "Dusty,Lonesome,Crooked,Wild,Thirsty,Iron,Burning,Silver,Wanted",
     "Saddle,Canyon,Sheriff,Rider,Saloon,Frontier,Outlaw,Stagecoach,Rattlesnake,Ranch"},
    {"mystery", "Missing,Locked,Seventh,Vanishing,Anonymous,Crimson,Forgotten,Borrowed,Curious",
     "Witness,Key,Alibi,Portrait,Detective,Clue,Diary,Cipher,Suspect,Umbrella"},
    {"fantasy", "Enchanted,Ancient,Emerald,Winged,Sleeping,Forbidden,Thousandth,Elder,Moonlit",
     "Dragon,Sword,Kingdom,Wizard,Forest,Crown,Oracle,Tower,Griffin,Spell"},
    {"war", "Fallen,Brave,Bitter,Final,Broken,Endless,Scarlet,Divided,Weary",
     "Regiment,Trench,Bridge,Soldier,Armistice,Battalion,Beachhead,Convoy,Medal,Retreat"},
    {"documentary", "Deep,Unseen,Living,Real,Changing,Migrating,Hidden,Vast,Everyday",
     "Ocean,Glacier,City,Orchestra,Factory,Savanna,Reef,Archive,Harvest,Railway"},
    {"musical", "Singing,Dancing,Brassy,Velvet,Swinging,Dazzling,Off-Key,Radiant,Tapping",
     "Melody,Chorus,Broadway,Serenade,Trumpet,Ballroom,Spotlight,Rhapsody,Encore,Duet"},
    {"action", "Deadly,Maximum,Explosive,Rogue,Reckless,Relentless,Armed,Fast,Ultimate",
     "Pursuit,Strike,Agent,Hostage,Impact,Vendetta,Getaway,Commando,Detonator,Chase"},
    {"family", "Little,Brave Little,Magic,Talking,Runaway,Muddy,Sleepy,Merry,Borrowed",
     "Puppy,Treehouse,Teddy,Balloon,Pony,Snowman,Pirate,Hedgehog,Circus,Kite"},
    {"sports", "Undefeated,Rookie,Extra,Winning,Underdog,Overtime,Home,Perfect,Longest",
     "Season,Marathon,Champion,Coach,Goal,Ring,League,Sprint,Penalty,Comeback"},
    {"history", "Imperial,Gilded,Exiled,Marble,Young,Restless,Plague,Royal,Bronze",
     "Emperor,Cathedral,Queen,Senate,Caravan,Dynasty,Chancellor,Rebellion,Navigator,Throne"},
    {"crime", "Dirty,Perfect,Crooked,Quiet,Counterfeit,Double-Crossed,Hired,Stolen,Cold",
     "Heist,Gangster,Informer,Syndicate,Bribe,Diamond,Verdict,Safecracker,Racket,Bullet"},
    {"drama", "Fragile,Ordinary,Distant,Unfinished,Quiet,Winter,Broken,Familiar,Wasted",
     "Daughter,Confession,Farewell,Village,Silence,Brother,Portrait,Harbour,Afternoon,Return"},
};

/// The word at position `at`, from 0. @pre There are more words than that.
[[nodiscard]] constexpr std::string_view word_of(std::string_view words, std::size_t at) noexcept {
    for (; at != 0; --at)
        words.remove_prefix(words.find(',') + 1);
    return words.substr(0, words.find(','));
}

/// The title of the `number`-th item of a genre: all are different. Each pair of words is used once
/// before the sequels begin.
[[nodiscard]] inline std::string invented_title(const genre_words& genre, std::size_t number) {
    constexpr std::size_t nouns = 10;
    constexpr std::size_t pairs = 9 * nouns;
    // 37 has no factor in common with the 90 pairs, so this visits all of them, in no clear order.
    const std::size_t pair = number % pairs * 37 % pairs;
    const std::size_t part = number / pairs + 1;
    std::string title = "The ";
    title += word_of(genre.adjectives, pair / nouns);
    title += ' ';
    title += word_of(genre.nouns, pair % nouns);
    if (part > 1)
        title += " " + std::to_string(part);
    return title + " (" + std::string{genre.name} + ")";
}

} // namespace hybrec::detail
