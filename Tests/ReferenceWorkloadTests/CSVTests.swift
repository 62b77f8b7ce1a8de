import Diagnostics
import Documents
import Testing

@testable import ReferenceWorkload

@Suite struct CSVTests {
    @Test func readsQuotesLineBreaksAndEmptyFields() throws {
        let text = "\u{FEFF}a,\"b,c\",d\r\n1,\"x\"\"y\",\r\n\"two\r\nlines\",,z\n\n"
        let table = try CSVReader.table(Array(text.utf8))
        #expect(table.header == ["a", "b,c", "d"])
        #expect(table.rows == [["1", "x\"y", ""], ["two\r\nlines", "", "z"]])
    }

    @Test(arguments: [
        ("", "the table is empty"),
        ("a,b\n", "no rows"),
        ("a,b\n1,2\n\n3\n", "line 4 has 1 field, the header has 2"),
        ("a,b\n\"1\n2\",3,4\n", "line 2 has 3 fields"),
        ("a,b\n1,\"2\n", "starts on line 2 never ends"),
        ("a,b\n1,\"2\"x\n", "line 2 has text after a closing quote"),
        ("a,a\n1,2\n", "names \"a\" twice"),
        ("a,\n1,2\n", "column 2 of the header has no name"),
    ])
    func namesTheLineOfWhatIsWrong(text: String, message: String) {
        let error = #expect(throws: ServiceError.self) { try CSVReader.table(Array(text.utf8)) }
        #expect(error?.status == .unprocessableContent)
        #expect(error?.message.contains(message) == true, "\(error?.message ?? "")")
    }

    @Test func refusesBytesThatAreNotUTF8() {
        let error = #expect(throws: ServiceError.self) { try CSVReader.table([0x61, 0x0A, 0xFF, 0x0A]) }
        #expect(error?.message == "line 2 is not UTF-8 text")
    }

    @Test func pythonReadsWhatIsWritten() async throws {
        let rows = [["plain", "a,b", "say \"hi\""], ["", "line\nbreak", "cr\r\nlf"], ["é", " space ", "'"]]
        var bytes: [UInt8] = []
        for row in rows { CSVWriter.write(row, to: &bytes) }
        let script =
            "import csv,json,sys,io; t=sys.stdin.buffer.read().decode(); "
            + "print(json.dumps(list(csv.reader(io.StringIO(t, newline='')))))"
        let read = try JSONParser.parse(
            Array(try await Python.run(script, input: bytes).utf8), file: SourceFile("python"))
        #expect(read == .sequence(rows.map { .sequence($0.map { .string($0) }) }))
    }

    @Test func aLoneEmptyFieldIsNotAnEmptyLine() throws {
        var bytes = Array("a\r\n".utf8)
        CSVWriter.write([""], to: &bytes)
        #expect(try CSVReader.table(bytes).rows == [[""]])
    }
}
