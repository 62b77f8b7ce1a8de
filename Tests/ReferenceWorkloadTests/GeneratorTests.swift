import Documents
import ServiceModel
import Testing

@testable import ReferenceWorkload

@Suite struct GeneratorTests {
    private static func generator(_ type: DataType) throws -> any DataGenerator {
        var configuration = WorkloadConfiguration()
        configuration.dataType = type
        return try GeneratorCatalogue.makeGenerator(configuration)
    }

    private static func generate(_ type: DataType, _ body: String) throws -> GeneratedData {
        try generator(type).generate(GenerationRequest(body: Array(body.utf8)))
    }

    @Test(arguments: DataType.allCases) func theSameSeedGivesTheSameBytes(type: DataType) throws {
        let first = try Self.generate(type, #"{"seed": 5}"#)
        #expect(try Self.generate(type, #"{"seed": 5}"#) == first)
        #expect(try Self.generate(type, #"{"seed": 6}"#).body != first.body)
        #expect(try Self.generate(type, #"{"seed": 18446744073709551615}"#).records > 0)
    }

    @Test(arguments: DataType.allCases) func everyAlgorithmThatIsListedWorks(type: DataType) throws {
        for algorithm in try Self.generator(type).algorithms {
            #expect(try !Self.generate(type, "{\"algorithm\": \"\(algorithm.name)\"}").body.isEmpty)
        }
    }

    @Test(arguments: DataType.allCases) func whatIsGeneratedIsWellFormed(type: DataType) throws {
        let generator = try Self.generator(type)
        let data = try generator.generate(GenerationRequest(body: Array(#"{"seed": 1}"#.utf8)))
        let isText = [.tabular, .timeSeries, .text].contains(type)
        let body =
            isText
            ? JSONEmitter.bytes(of: ["synthetic_data": .string(String(decoding: data.body, as: UTF8.self))])
            : data.body
        let report = try generator.validate(GenerationRequest(body: body))
        #expect(report.isWellFormed)
    }

    @Test(arguments: [DataType.image, .audio, .video]) func damagedFilesAreNotWellFormed(type: DataType) throws {
        let generator = try Self.generator(type)
        let body = try generator.generate(GenerationRequest(body: [])).body
        for length in [0, 1, 7, 8, 20, 43, 44, 45, 60, body.count - 1] {
            let report = try generator.validate(GenerationRequest(body: Array(body.prefix(length))))
            #expect(!report.isWellFormed, "\(length) bytes")
            #expect(report.utility ?? 1 < 1)
        }
    }

    @Test func aFlippedPixelFailsTheChecksumOfAnImage() throws {
        var body = try Self.generate(.image, "").body
        body[body.count / 2] ^= 1
        #expect(PNGInspection(body).checks.filter { !$0.isPassed }.map(\.name) == ["checksums"])
    }

    @Test(arguments: [
        (DataType.tabular, #"{"row": 1}"#, "unknown_field"),
        (.tabular, #"{"rows": 0}"#, "invalid_field"),
        (.tabular, #"{"rows": 1000001}"#, "invalid_field"),
        (.tabular, #"{"rows": 1.5}"#, "invalid_field"),
        (.tabular, #"{"rows": "9"}"#, "invalid_field"),
        (.tabular, #"{"seed": -1}"#, "invalid_field"),
        (.tabular, #"{"format": "xml"}"#, "invalid_field"),
        (.tabular, #"{"source_data": "a,b\n1"}"#, "invalid_csv"),
        (.tabular, "[]", "invalid_json"),
        (.timeSeries, #"{"start": "yesterday"}"#, "invalid_field"),
        (.timeSeries, #"{"source_data": "a,b\n1,2"}"#, "invalid_series"),
        (.timeSeries, #"{"source_data": "timestamp,value\n2024-01-01,1"}"#, "invalid_series"),
        (.timeSeries, #"{"source_data": "timestamp,value\n2024-01-01,nan"}"#, "invalid_series"),
        (.text, #"{"source_data": "two words"}"#, "corpus_too_small"),
        (.image, #"{"width": 4096}"#, "invalid_field"),
        (.audio, #"{"sample_rate": 9000}"#, "invalid_field"),
        (.audio, #"{"seconds": 61}"#, "invalid_field"),
        (.video, #"{"width": 17}"#, "invalid_field"),
        (.video, #"{"width": 1280, "height": 720, "frames": 3600}"#, "response_too_large"),
    ])
    func impossibleRequestsSayWhy(type: DataType, body: String, code: String) {
        let error = #expect(throws: ServiceError.self) { try Self.generate(type, body) }
        #expect(error?.code == code)
        #expect(error?.message.isEmpty == false && error?.hint.isEmpty == false)
    }

    @Test func aTooLongAnswerIsRefused() throws {
        var limits = WorkloadLimits()
        limits.responseBytes = 1_000
        let request = GenerationRequest(body: Array(#"{"rows": 100}"#.utf8), limits: limits)
        let error = #expect(throws: ServiceError.self) { try Self.generator(.tabular).generate(request) }
        #expect(error?.code == "response_too_large")
    }

    @Test func pythonDecodesTheImage() async throws {
        let script = """
            import sys, struct, zlib
            b = sys.stdin.buffer.read(); assert b[:8] == b'\\x89PNG\\r\\n\\x1a\\n'
            p, idat, kinds = 8, b'', []
            while p < len(b):
                n, kind = struct.unpack('>I4s', b[p:p+8]); data = b[p+8:p+8+n]
                assert struct.unpack('>I', b[p+8+n:p+12+n])[0] == zlib.crc32(kind + data)
                kinds.append(kind.decode()); p += 12 + n
                if kind == b'IHDR': w, h, *rest = struct.unpack('>IIBBBBB', data)
                if kind == b'IDAT': idat += data
            pixels = zlib.decompress(idat); assert len(pixels) == h * (1 + 3 * w)
            print(kinds, w, h, rest, set(pixels[::1 + 3 * w]), len(set(pixels)) > 20)
            """
        let image = try Self.generate(.image, #"{"width": 300, "height": 200, "seed": 3}"#)
        #expect(
            try await Python.run(script, input: image.body)
                == "['IHDR', 'IDAT', 'IEND'] 300 200 [8, 2, 0, 0, 0] {0} True")
        #expect(image.labels["resolution"] == "300x200")
    }

    @Test func pythonDecodesTheSound() async throws {
        let script = """
            import sys, io, wave, array
            w = wave.open(io.BytesIO(sys.stdin.buffer.read()))
            a = array.array('h', w.readframes(w.getnframes()))
            print(w.getnchannels(), w.getsampwidth(), w.getframerate(), len(a), max(a) > 5000, min(a) < -5000)
            """
        let sound = try Self.generate(.audio, #"{"seconds": 0.5, "sample_rate": 22050}"#)
        #expect(try await Python.run(script, input: sound.body) == "1 2 22050 11025 True True")
    }

    @Test func pythonReadsTheFrames() async throws {
        let script = """
            import sys
            b = sys.stdin.buffer.read(); line, rest = b.split(b'\\n', 1); size = 64 * 48 * 3 // 2
            frames = [rest[i:i + size + 6] for i in range(0, len(rest), size + 6)]
            assert all(f[:6] == b'FRAME\\n' and len(f) == size + 6 for f in frames)
            print(line.decode(), len(frames), frames[0] != frames[1])
            """
        let clip = try Self.generate(.video, #"{"width": 64, "height": 48, "frames": 12, "frames_per_second": 24}"#)
        #expect(try await Python.run(script, input: clip.body) == "YUV4MPEG2 W64 H48 F24:1 Ip A1:1 C420jpeg 12 True")
        #expect(clip.frames == 12)
    }

    @Test func aSeriesFollowsItsSource() throws {
        let values = (0..<480).map { (time: Int) -> Double in
            let season: Double = time % 12 < 6 ? 5 : -5
            return 50 + 0.1 * Double(time) + season
        }
        let model = SeriesModel(fitting: values, period: 12)
        #expect(abs(model.slope - 0.1) < 0.01)
        #expect(model.season.allSatisfy { abs(abs($0) - 5) < 0.6 })
        #expect(model.deviation < 0.5)
        var random = SeededGenerator(seed: 1)
        let drawn = model.values(480, using: &random)
        #expect(zip(values, drawn).allSatisfy { abs($0 - $1) < 3 })
    }

    @Test func noiseRemembersItsLastValue() {
        var random = SeededGenerator(seed: 4)
        let model = SeriesModel(fitting: SeriesModel.standard.values(20_000, using: &random), period: 24)
        #expect(abs(model.memory - SeriesModel.standard.memory) < 0.05)
        #expect(abs(model.deviation - SeriesModel.standard.deviation) < 0.15)
    }

    @Test func textUsesOnlyTheWordsOfItsCorpus() throws {
        let corpus = "the cat sat on the mat. the dog sat on the cat."
        let body = JSONEmitter.emit(["source_data": .string(corpus), "documents": 20, "format": "text"])
        let text = String(decoding: try Self.generate(.text, body).body, as: UTF8.self)
        #expect(Set(text.split(whereSeparator: \.isWhitespace)).isSubset(of: Set(corpus.split(separator: " "))))
        #expect(text.contains("the dog sat on the mat."))
    }
}
