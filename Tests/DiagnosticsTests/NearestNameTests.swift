import Testing

@testable import Diagnostics

@Suite struct NearestNameTests {
    @Test(
        arguments: [
            ("memry", "memory"), ("mmeory", "memory"), ("Memory", "memory"), ("storage_class", "storage-class"),
            ("storageClass", "storage-class"), ("gpo", "gpu"), ("wholly-different", nil), ("", nil),
            ("mem", "memory"), ("stor", "storage-class"), ("st", nil), ("memorycard", nil),
        ] as [(String, String?)])
    func findsWhatWasMeant(written: String, expected: String?) {
        #expect(NearestName.find(written, among: ["cpu", "memory", "storage-class", "gpu"]) == expected)
    }

    @Test func abbreviationsOfSeveralNamesMeanNone() {
        #expect(NearestName.find("storage", among: ["storage-class", "storage-size"]) == nil)
        // Further away by its letters than another name.
        #expect(
            NearestName.find("deployment.rep", among: ["deployment.env", "deployment.replicas"])
                == "deployment.replicas")
    }

    @Test(arguments: [("", "", 0), ("a", "", 1), ("ab", "ba", 1), ("kitten", "sitting", 3), ("abc", "abc", 0)])
    func countsEdits(left: String, right: String, expected: Int) {
        #expect(NearestName.distance(Array(left.utf8), Array(right.utf8)) == expected)
        #expect(NearestName.distance(Array(right.utf8), Array(left.utf8)) == expected)
    }
}
