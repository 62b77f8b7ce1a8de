import Documents

/// Synthetic documents from a Markov chain over a corpus: see `MarkovChain` for what that is and isn't.
package struct TextGenerator: DataGenerator {
    private let corpus: String
    private let chain: MarkovChain

    /// Learns from `corpus`; nil for the built-in one.
    ///
    /// - Throws: `ServiceError` (422, `corpus_too_small`).
    package init(corpus: String?) throws(ServiceError) {
        self.corpus = corpus ?? SupportCorpus.text
        chain = try Self.learn(self.corpus)
    }

    private enum Format: String, CaseIterable {
        case json
        case text
    }

    private enum Algorithm: String, CaseIterable {
        case markovChain = "markov-chain"
    }

    package let algorithms = [
        AlgorithmDescription(
            name: Algorithm.markovChain.rawValue,
            summary: "a second-order Markov chain of words; locally plausible, without meaning")
    ]

    package func generate(_ request: GenerationRequest) throws(ServiceError) -> GeneratedData {
        var options = try request.options()
        let documents = try options.integer("documents", in: 1...request.limits.rows, default: 1)
        let sentences = try options.integer("sentences", in: 1...1_000, default: 5)
        let seed = try options.seed(default: request.defaultSeed)
        let format = try options.choice("format", of: Format.self)
        let algorithm = try options.choice("algorithm", of: Algorithm.self)
        let source = try options.string("source_data")
        try options.finish()
        let chain = try source.map { text throws(ServiceError) in try Self.learn(text) } ?? self.chain
        var random = SeededGenerator(seed: seed)
        var body: [UInt8] = format == .json ? Array("[".utf8) : []
        for index in 0..<documents {
            let document = chain.document(sentences: sentences, using: &random)
            switch format {
            case .json:
                if index > 0 { body += ",\n".utf8 }
                body += JSONEmitter.bytes(of: ["text": .string(document)])
            case .text:
                if index > 0 { body += "\n".utf8 }
                body += "\(document)\n".utf8
            }
            try ResponseSize.check(body.count, limit: request.limits.responseBytes)
        }
        if format == .json { body += "]\n".utf8 }
        return GeneratedData(
            contentType: format == .json ? "application/json" : "text/plain; charset=utf-8", body: body,
            records: documents, labels: ["generator_type": algorithm.rawValue])
    }

    /// Utility is the similarity of the word frequencies; privacy is the share of sentences that aren't in the source.
    package func validate(_ request: GenerationRequest) throws(ServiceError) -> ValidationReport {
        var options = try request.options()
        let source = try options.string("source_data") ?? corpus
        let synthetic = try options.requiredString("synthetic_data")
        try options.finish()
        let known = MarkovChain.sentences(of: source)
        let sentences = MarkovChain.sentences(of: synthetic)
        guard !known.isEmpty, !sentences.isEmpty else {
            throw .unprocessable(
                "empty_text", "one of the texts has no words", hint: "send text with at least one word")
        }
        let similarity = 1 - TabularComparison.totalVariation(known.flatMap { $0 }, sentences.flatMap { $0 })
        let copies = Double(sentences.count(where: Set(known).contains)) / Double(sentences.count)
        return ValidationReport(
            utility: similarity, privacy: 1 - copies, isWellFormed: true,
            details: [
                "sentences": .integer(sentences.count), "word_frequency_similarity": .number(similarity),
                "copied_sentence_share": .number(copies),
            ])
    }

    package let recordLayout = RecordLayout.appended(fileExtension: "jsonl", header: [])
    package let backgroundLabels = ["generator_type": Algorithm.markovChain.rawValue]

    /// One JSON object a line.
    package func records(_ count: Int, from first: Int64, using random: inout SeededGenerator) -> [[UInt8]] {
        (0..<count).map { _ in
            let document = chain.document(sentences: 3, using: &random)
            return JSONEmitter.bytes(of: ["text": .string(document)]) + "\n".utf8
        }
    }

    private static func learn(_ corpus: String) throws(ServiceError) -> MarkovChain {
        guard let chain = MarkovChain(corpus: corpus) else {
            throw .unprocessable(
                "corpus_too_small", "no sentence of the corpus is longer than \(MarkovChain.order) words",
                hint: "send a few paragraphs of text")
        }
        return chain
    }
}
