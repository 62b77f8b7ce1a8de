/// A Markov chain of words (Shannon, "A Mathematical Theory of Communication", 1948, section 3): each word is drawn
/// from those that followed the same `order` words in the corpus.
///
/// The text reads plausibly for a few words and means nothing. Longer stretches of the corpus do come out unchanged,
/// the more the smaller the corpus is.
package struct MarkovChain: Sendable {
    package static let order = 2

    private let followers: [[String]: [String]]
    private let starts: [[String]]

    /// Learns from the sentences of `corpus`; nil when none is longer than `order` words.
    package init?(corpus: String) {
        var followers: [[String]: [String]] = [:]
        var starts: [[String]] = []
        for sentence in Self.sentences(of: corpus) where sentence.count > Self.order {
            starts.append(Array(sentence[..<Self.order]))
            for end in Self.order..<sentence.count {
                followers[Array(sentence[(end - Self.order)..<end]), default: []].append(sentence[end])
            }
        }
        guard !starts.isEmpty else { return nil }
        self.followers = followers
        self.starts = starts
    }

    /// Draws one sentence of at most `maximumWords` words; it ends where a sentence of the corpus ended, or there.
    package func sentence(maximumWords: Int = 60, using random: inout SeededGenerator) -> String {
        var words = starts[Int.random(in: 0..<starts.count, using: &random)]
        while words.count < maximumWords, let next = followers[Array(words.suffix(Self.order))] {
            words.append(next[Int.random(in: 0..<next.count, using: &random)])
        }
        return words.joined(separator: " ")
    }

    /// Draws a document of sentences, a space between them.
    package func document(sentences: Int, using random: inout SeededGenerator) -> String {
        (0..<sentences).map { _ in sentence(using: &random) }.joined(separator: " ")
    }

    /// The corpus as sentences of words; a sentence ends after a word that ends in `.`, `!` or `?`, and at an empty
    /// line.
    package static func sentences(of corpus: String) -> [[String]] {
        var sentences: [[String]] = [[]]
        for line in corpus.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline) {
            let words = line.split(whereSeparator: \.isWhitespace)
            if words.isEmpty { sentences.append([]) }
            for word in words {
                sentences[sentences.count - 1].append(String(word))
                if let last = word.last, ".!?".contains(last) { sentences.append([]) }
            }
        }
        return sentences.filter { !$0.isEmpty }
    }
}
