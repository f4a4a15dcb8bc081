//! The packets of the test suite.

/// Declares all packets in one byte order, and the function `holds`, which checks a vector against
/// its packet.
macro_rules! canonical {
    ($order:ident) => {
        use framewright::checksum::Sum8;

        enumerations! {
            [lsb] Enum7 { A = 1, B = 2 }
            [$order, tag = u16] Enum16 { A = 0xaabb, B = 0xccdd }
            [lsb] Closed { A = 0, B = 1 }
            [lsb] Complete { A = 0, B = 1, C = 2, D = 3, E = 4, F = 5, G = 6, H = 7 }
        }

        ranges! {
            [tag = u8] Open { A = 0, B = 1, Unknown = (_) }
            [tag = u8] ClosedWithRange { A = 0, B = (1..=6) }
            [tag = u8] OpenWithRange { A = 0, B = (1..=6), Unknown = (_) }
            [tag = u8] CompleteTruncatedWithRange { A = 0, B = (1..=7) }
            [tag = u8] CompleteWithRange { A = 0, B = 1, C = (2..=255) }
        }

        packets! {
            [$order, lsb]
            SizedStruct {
                a: u8,
            }
            RestStruct {
                #[rest] array: Vec<u8>,
            }
            UnsizedStruct {
                #[bits(2)] #[len_of(array)] size: Auto<u8>,
                #[bits(6)] #[pad] reserved: Auto,
                array: Vec<u8>,
            }
            StructField {
                a: SizedStruct,
                b: UnsizedStruct,
            }
            ScalarField {
                #[bits(7)] a: u8,
                #[bits(57)] c: u64,
            }
            EnumField {
                #[bits(7)] a: Enum7,
                #[bits(57)] c: u64,
            }
            ReservedField {
                #[bits(7)] a: u8,
                #[bits(2)] #[pad] reserved: Auto,
                #[bits(55)] c: u64,
            }
            SizeField {
                #[bits(3)] #[len_of(b)] size: Auto<u8>,
                #[bits(61)] a: u64,
                b: Vec<u8>,
            }
            CountField {
                #[bits(3)] #[count_of(b)] count: Auto<u8>,
                #[bits(61)] a: u64,
                b: Vec<u8>,
            }
            FixedScalarField {
                #[bits(7)] #[magic(7)] fixed: Auto,
                #[bits(57)] b: u64,
            }
            FixedEnumField {
                #[bits(7)] #[magic(1)] fixed: Auto,
                #[bits(57)] b: u64,
            }
            PayloadFieldVariableSize {
                #[bits(3)] #[len_of(payload)] size: Auto<u8>,
                #[bits(5)] #[pad] reserved: Auto,
                payload: Vec<u8>,
            }
            PayloadFieldSizeModifier {
                #[bits(3)] #[len_of(payload, bias = 2)] size: Auto<u8>,
                #[bits(5)] #[pad] reserved: Auto,
                payload: Vec<u8>,
            }
            PayloadFieldUnknownSize {
                #[rest] payload: Vec<u8>,
                a: u16,
            }
            PayloadFieldUnknownSizeTerminal {
                a: u16,
                #[rest] payload: Vec<u8>,
            }
            BodyFieldVariableSize {
                #[bits(3)] #[len_of(payload)] size: Auto<u8>,
                #[bits(5)] #[pad] reserved: Auto,
                payload: Vec<u8>,
            }
            BodyFieldUnknownSize {
                #[rest] payload: Vec<u8>,
                a: u16,
            }
            BodyFieldUnknownSizeTerminal {
                a: u16,
                #[rest] payload: Vec<u8>,
            }
            ScalarGroupField {
                #[magic(42u16)] a: Auto,
            }
            EnumGroupField {
                #[magic(0xaabbu16)] a: Auto,
            }
            ChecksumFieldFromStart {
                a: u16,
                b: u16,
                #[checksum(Sum8, over = a..=b)] crc: Auto<u8>,
            }
            ChecksumFieldFromEnd {
                #[rest] payload: Vec<u8>,
                #[checksum(Sum8, over = payload)] crc: Auto<u8>,
                a: u16,
                b: u16,
            }
            ArrayFieldByteElementConstantSize {
                array: [u8; 4],
            }
            ArrayFieldByteElementVariableSize {
                #[bits(4)] #[len_of(array)] size: Auto<u8>,
                #[bits(4)] #[pad] reserved: Auto,
                array: Vec<u8>,
            }
            ArrayFieldByteElementVariableCount {
                #[bits(4)] #[count_of(array)] count: Auto<u8>,
                #[bits(4)] #[pad] reserved: Auto,
                array: Vec<u8>,
            }
            ArrayFieldByteElementUnknownSize {
                #[rest] array: Vec<u8>,
            }
            ArrayFieldScalarElementConstantSize {
                array: [u16; 4],
            }
            ArrayFieldScalarElementVariableSize {
                #[bits(4)] #[len_of(array)] size: Auto<u8>,
                #[bits(4)] #[pad] reserved: Auto,
                array: Vec<u16>,
            }
            ArrayFieldScalarElementVariableCount {
                #[bits(4)] #[count_of(array)] count: Auto<u8>,
                #[bits(4)] #[pad] reserved: Auto,
                array: Vec<u16>,
            }
            ArrayFieldScalarElementUnknownSize {
                #[rest] array: Vec<u16>,
            }
            ArrayFieldEnumElementConstantSize {
                array: [Enum16; 4],
            }
            ArrayFieldEnumElementVariableSize {
                #[bits(4)] #[len_of(array)] size: Auto<u8>,
                #[bits(4)] #[pad] reserved: Auto,
                array: Vec<Enum16>,
            }
            ArrayFieldEnumElementVariableCount {
                #[bits(4)] #[count_of(array)] count: Auto<u8>,
                #[bits(4)] #[pad] reserved: Auto,
                array: Vec<Enum16>,
            }
            ArrayFieldEnumElementUnknownSize {
                #[rest] array: Vec<Enum16>,
            }
            ArrayFieldSizedElementConstantSize {
                array: [SizedStruct; 4],
            }
            ArrayFieldSizedElementVariableSize {
                #[bits(4)] #[len_of(array)] size: Auto<u8>,
                #[bits(4)] #[pad] reserved: Auto,
                array: Vec<SizedStruct>,
            }
            ArrayFieldSizedElementVariableCount {
                #[bits(4)] #[count_of(array)] count: Auto<u8>,
                #[bits(4)] #[pad] reserved: Auto,
                array: Vec<SizedStruct>,
            }
            ArrayFieldSizedElementUnknownSize {
                #[rest] array: Vec<SizedStruct>,
            }
            ArrayFieldUnsizedElementConstantSize {
                array: [UnsizedStruct; 4],
            }
            ArrayFieldUnsizedElementVariableSize {
                #[bits(4)] #[len_of(array)] size: Auto<u8>,
                #[bits(4)] #[pad] reserved: Auto,
                array: Vec<UnsizedStruct>,
            }
            ArrayFieldUnsizedElementVariableCount {
                #[bits(4)] #[count_of(array)] count: Auto<u8>,
                #[bits(4)] #[pad] reserved: Auto,
                array: Vec<UnsizedStruct>,
            }
            ArrayFieldUnsizedElementUnknownSize {
                #[rest] array: Vec<UnsizedStruct>,
            }
            ArrayFieldUnsizedElementSizeModifier {
                #[bits(4)] #[len_of(array, bias = 2)] size: Auto<u8>,
                #[bits(4)] #[pad] reserved: Auto,
                array: Vec<UnsizedStruct>,
            }
            ArrayFieldVariableElementSizeConstantSize {
                #[calc(array.first().map_or(0, rest_len))] element_size: Auto<u8>,
                #[count(4)] #[each(len(element_size))] array: Vec<RestStruct>,
            }
            ArrayFieldVariableElementSizeVariableSize {
                #[len_of(array)] size: Auto<u8>,
                #[calc(array.first().map_or(0, rest_len))] element_size: Auto<u8>,
                #[each(len(element_size))] array: Vec<RestStruct>,
                #[rest] tail: Vec<u8>,
            }
            ArrayFieldVariableElementSizeVariableCount {
                #[count_of(array)] count: Auto<u8>,
                #[calc(array.first().map_or(0, rest_len))] element_size: Auto<u8>,
                #[each(len(element_size))] array: Vec<RestStruct>,
                #[rest] tail: Vec<u8>,
            }
            ArrayFieldVariableElementSizeUnknownSize {
                #[calc(array.first().map_or(0, rest_len))] element_size: Auto<u8>,
                #[rest] #[each(len(element_size))] array: Vec<RestStruct>,
            }
            ArrayFieldSizedElementVariableSizePadded {
                #[bits(4)] #[len_of(array)] size: Auto<u8>,
                #[bits(4)] #[pad] reserved: Auto,
                array: Vec<u16>,
                #[pad(16 - 2 * array.len())] padding: Auto,
            }
            ArrayFieldUnsizedElementVariableCountPadded {
                #[count_of(array)] count: Auto<u8>,
                array: Vec<UnsizedStruct>,
                #[pad(16 - size_of_all(array))] padding: Auto,
            }
            OptionalScalarField {
                #[bits(1)] #[presence_of(a, some = 0, none = 1)] c0: Auto<u8>,
                #[bits(1)] #[presence_of(b)] c1: Auto<u8>,
                #[bits(6)] #[pad] reserved: Auto,
                #[wire(u24)] a: Option<u32>,
                b: Option<u32>,
            }
            OptionalEnumField {
                #[bits(1)] #[presence_of(a, some = 0, none = 1)] c0: Auto<u8>,
                #[bits(1)] #[presence_of(b)] c1: Auto<u8>,
                #[bits(6)] #[pad] reserved: Auto,
                a: Option<Enum16>,
                b: Option<Enum16>,
            }
            OptionalStructField {
                #[bits(1)] #[presence_of(a, some = 0, none = 1)] c0: Auto<u8>,
                #[bits(1)] #[presence_of(b)] c1: Auto<u8>,
                #[bits(6)] #[pad] reserved: Auto,
                a: Option<SizedStruct>,
                b: Option<UnsizedStruct>,
            }
            EnumIncompleteTruncatedClosed {
                #[bits(3)] e: Closed,
                #[bits(5)] #[pad] reserved: Auto,
            }
            EnumIncompleteTruncatedOpen {
                #[bits(3)] e: Open,
                #[bits(5)] #[pad] reserved: Auto,
            }
            EnumIncompleteTruncatedClosedWithRange {
                #[bits(3)] e: ClosedWithRange,
                #[bits(5)] #[pad] reserved: Auto,
            }
            EnumIncompleteTruncatedOpenWithRange {
                #[bits(3)] e: OpenWithRange,
                #[bits(5)] #[pad] reserved: Auto,
            }
            EnumCompleteTruncated {
                #[bits(3)] e: Complete,
                #[bits(5)] #[pad] reserved: Auto,
            }
            EnumCompleteTruncatedWithRange {
                #[bits(3)] e: CompleteTruncatedWithRange,
                #[bits(5)] #[pad] reserved: Auto,
            }
            EnumCompleteWithRange {
                e: CompleteWithRange,
            }
        }

        /// A packet that consists of one struct.
        #[derive(Frame, Debug, PartialEq)]
        pub(crate) struct InStruct<T> {
            s: T,
        }

        impl<T: Unpacked> Unpacked for InStruct<T> {
            fn unpacked(&self) -> Option<Json> {
                Some(serde_json::json!({ "s": self.s.unpacked()? }))
            }
        }

        #[derive(Frame, Debug, PartialEq)]
        #[frame($order)]
        pub(crate) struct ScalarParent {
            #[tag_of(payload)]
            a: Auto<u8>,
            #[len_of(payload)]
            size: Auto<u8>,
            payload: ScalarChild,
        }

        #[derive(Frame, Debug, PartialEq)]
        #[frame($order)]
        enum ScalarChild {
            #[tag(0)]
            A { b: u8 },
            #[tag(1)]
            B { c: u16 },
            #[tag(2)]
            AliasedA { b: u8 },
            #[tag(3)]
            AliasedB { c: u16 },
        }

        impl Unpacked for ScalarParent {
            fn unpacked(&self) -> Option<Json> {
                Some(match &self.payload {
                    ScalarChild::A { b } => serde_json::json!({ "a": 0, "b": b }),
                    ScalarChild::B { c } => serde_json::json!({ "a": 1, "c": c }),
                    ScalarChild::AliasedA { b } => serde_json::json!({ "a": 2, "b": b }),
                    ScalarChild::AliasedB { c } => serde_json::json!({ "a": 3, "c": c }),
                })
            }
        }

        #[derive(Frame, Debug, PartialEq)]
        #[frame($order)]
        pub(crate) struct EnumParent {
            #[tag_of(payload)]
            a: Auto<u16>,
            #[len_of(payload)]
            size: Auto<u8>,
            payload: EnumChild,
        }

        #[derive(Frame, Debug, PartialEq)]
        #[frame($order)]
        enum EnumChild {
            #[tag(0xaabb)]
            A { b: u8 },
            #[tag(0xccdd)]
            B { c: u16 },
        }

        impl Unpacked for EnumParent {
            fn unpacked(&self) -> Option<Json> {
                Some(match &self.payload {
                    EnumChild::A { b } => serde_json::json!({ "a": 0xaabb, "b": b }),
                    EnumChild::B { c } => serde_json::json!({ "a": 0xccdd, "c": c }),
                })
            }
        }

        fn rest_len(item: &RestStruct) -> u8 {
            u8::try_from(item.array.len()).unwrap()
        }

        fn size_of_all(array: &[UnsizedStruct]) -> usize {
            array.iter().map(Encode::encoded_len).sum()
        }

        /// Checks a vector against the packet of this name. Returns `false` if no packet has this
        /// name.
        pub(crate) fn holds(packet: &str, bytes: &[u8], unpacked: Option<&Json>) -> bool {
            match packet {
                "Packet_Scalar_Field" => vector::<ScalarField>(bytes, unpacked),
                "Packet_Enum_Field" => vector::<EnumField>(bytes, unpacked),
                "Struct_Enum_Field" => vector::<InStruct<EnumField>>(bytes, unpacked),
                "Packet_Reserved_Field" => vector::<ReservedField>(bytes, unpacked),
                "Struct_Reserved_Field" => vector::<InStruct<ReservedField>>(bytes, unpacked),
                "Packet_Size_Field" => vector::<SizeField>(bytes, unpacked),
                "Struct_Size_Field" => vector::<InStruct<SizeField>>(bytes, unpacked),
                "Packet_Count_Field" => vector::<CountField>(bytes, unpacked),
                "Struct_Count_Field" => vector::<InStruct<CountField>>(bytes, unpacked),
                "Packet_FixedScalar_Field" => vector::<FixedScalarField>(bytes, unpacked),
                "Struct_FixedScalar_Field" => vector::<InStruct<FixedScalarField>>(bytes, unpacked),
                "Packet_FixedEnum_Field" => vector::<FixedEnumField>(bytes, unpacked),
                "Struct_FixedEnum_Field" => vector::<InStruct<FixedEnumField>>(bytes, unpacked),
                "Packet_Payload_Field_VariableSize" => vector::<PayloadFieldVariableSize>(bytes, unpacked),
                "Packet_Payload_Field_SizeModifier" => vector::<PayloadFieldSizeModifier>(bytes, unpacked),
                "Packet_Payload_Field_UnknownSize" => vector::<PayloadFieldUnknownSize>(bytes, unpacked),
                "Packet_Payload_Field_UnknownSize_Terminal" => vector::<PayloadFieldUnknownSizeTerminal>(bytes, unpacked),
                "Packet_Body_Field_VariableSize" => vector::<BodyFieldVariableSize>(bytes, unpacked),
                "Packet_Body_Field_UnknownSize" => vector::<BodyFieldUnknownSize>(bytes, unpacked),
                "Packet_Body_Field_UnknownSize_Terminal" => vector::<BodyFieldUnknownSizeTerminal>(bytes, unpacked),
                "Packet_ScalarGroup_Field" => vector::<ScalarGroupField>(bytes, unpacked),
                "Struct_ScalarGroup_Field" => vector::<InStruct<ScalarGroupField>>(bytes, unpacked),
                "Packet_EnumGroup_Field" => vector::<EnumGroupField>(bytes, unpacked),
                "Struct_EnumGroup_Field" => vector::<InStruct<EnumGroupField>>(bytes, unpacked),
                "Packet_Checksum_Field_FromStart" => vector::<ChecksumFieldFromStart>(bytes, unpacked),
                "Struct_Checksum_Field_FromStart" => vector::<InStruct<ChecksumFieldFromStart>>(bytes, unpacked),
                "Packet_Checksum_Field_FromEnd" => vector::<ChecksumFieldFromEnd>(bytes, unpacked),
                "Struct_Checksum_Field_FromEnd" => vector::<InStruct<ChecksumFieldFromEnd>>(bytes, unpacked),
                "Packet_Array_Field_ByteElement_ConstantSize" => vector::<ArrayFieldByteElementConstantSize>(bytes, unpacked),
                "Struct_Array_Field_ByteElement_ConstantSize" => vector::<InStruct<ArrayFieldByteElementConstantSize>>(bytes, unpacked),
                "Packet_Array_Field_ByteElement_VariableSize" => vector::<ArrayFieldByteElementVariableSize>(bytes, unpacked),
                "Struct_Array_Field_ByteElement_VariableSize" => vector::<InStruct<ArrayFieldByteElementVariableSize>>(bytes, unpacked),
                "Packet_Array_Field_ByteElement_VariableCount" => vector::<ArrayFieldByteElementVariableCount>(bytes, unpacked),
                "Struct_Array_Field_ByteElement_VariableCount" => vector::<InStruct<ArrayFieldByteElementVariableCount>>(bytes, unpacked),
                "Packet_Array_Field_ByteElement_UnknownSize" => vector::<ArrayFieldByteElementUnknownSize>(bytes, unpacked),
                "Struct_Array_Field_ByteElement_UnknownSize" => vector::<InStruct<ArrayFieldByteElementUnknownSize>>(bytes, unpacked),
                "Packet_Array_Field_ScalarElement_ConstantSize" => vector::<ArrayFieldScalarElementConstantSize>(bytes, unpacked),
                "Struct_Array_Field_ScalarElement_ConstantSize" => vector::<InStruct<ArrayFieldScalarElementConstantSize>>(bytes, unpacked),
                "Packet_Array_Field_ScalarElement_VariableSize" => vector::<ArrayFieldScalarElementVariableSize>(bytes, unpacked),
                "Struct_Array_Field_ScalarElement_VariableSize" => vector::<InStruct<ArrayFieldScalarElementVariableSize>>(bytes, unpacked),
                "Packet_Array_Field_ScalarElement_VariableCount" => vector::<ArrayFieldScalarElementVariableCount>(bytes, unpacked),
                "Struct_Array_Field_ScalarElement_VariableCount" => vector::<InStruct<ArrayFieldScalarElementVariableCount>>(bytes, unpacked),
                "Packet_Array_Field_ScalarElement_UnknownSize" => vector::<ArrayFieldScalarElementUnknownSize>(bytes, unpacked),
                "Struct_Array_Field_ScalarElement_UnknownSize" => vector::<InStruct<ArrayFieldScalarElementUnknownSize>>(bytes, unpacked),
                "Packet_Array_Field_EnumElement_ConstantSize" => vector::<ArrayFieldEnumElementConstantSize>(bytes, unpacked),
                "Struct_Array_Field_EnumElement_ConstantSize" => vector::<InStruct<ArrayFieldEnumElementConstantSize>>(bytes, unpacked),
                "Packet_Array_Field_EnumElement_VariableSize" => vector::<ArrayFieldEnumElementVariableSize>(bytes, unpacked),
                "Struct_Array_Field_EnumElement_VariableSize" => vector::<InStruct<ArrayFieldEnumElementVariableSize>>(bytes, unpacked),
                "Packet_Array_Field_EnumElement_VariableCount" => vector::<ArrayFieldEnumElementVariableCount>(bytes, unpacked),
                "Struct_Array_Field_EnumElement_VariableCount" => vector::<InStruct<ArrayFieldEnumElementVariableCount>>(bytes, unpacked),
                "Packet_Array_Field_EnumElement_UnknownSize" => vector::<ArrayFieldEnumElementUnknownSize>(bytes, unpacked),
                "Struct_Array_Field_EnumElement_UnknownSize" => vector::<InStruct<ArrayFieldEnumElementUnknownSize>>(bytes, unpacked),
                "Packet_Array_Field_SizedElement_ConstantSize" => vector::<ArrayFieldSizedElementConstantSize>(bytes, unpacked),
                "Struct_Array_Field_SizedElement_ConstantSize" => vector::<InStruct<ArrayFieldSizedElementConstantSize>>(bytes, unpacked),
                "Packet_Array_Field_SizedElement_VariableSize" => vector::<ArrayFieldSizedElementVariableSize>(bytes, unpacked),
                "Struct_Array_Field_SizedElement_VariableSize" => vector::<InStruct<ArrayFieldSizedElementVariableSize>>(bytes, unpacked),
                "Packet_Array_Field_SizedElement_VariableCount" => vector::<ArrayFieldSizedElementVariableCount>(bytes, unpacked),
                "Struct_Array_Field_SizedElement_VariableCount" => vector::<InStruct<ArrayFieldSizedElementVariableCount>>(bytes, unpacked),
                "Packet_Array_Field_SizedElement_UnknownSize" => vector::<ArrayFieldSizedElementUnknownSize>(bytes, unpacked),
                "Struct_Array_Field_SizedElement_UnknownSize" => vector::<InStruct<ArrayFieldSizedElementUnknownSize>>(bytes, unpacked),
                "Packet_Array_Field_UnsizedElement_ConstantSize" => vector::<ArrayFieldUnsizedElementConstantSize>(bytes, unpacked),
                "Struct_Array_Field_UnsizedElement_ConstantSize" => vector::<InStruct<ArrayFieldUnsizedElementConstantSize>>(bytes, unpacked),
                "Packet_Array_Field_UnsizedElement_VariableSize" => vector::<ArrayFieldUnsizedElementVariableSize>(bytes, unpacked),
                "Struct_Array_Field_UnsizedElement_VariableSize" => vector::<InStruct<ArrayFieldUnsizedElementVariableSize>>(bytes, unpacked),
                "Packet_Array_Field_UnsizedElement_VariableCount" => vector::<ArrayFieldUnsizedElementVariableCount>(bytes, unpacked),
                "Struct_Array_Field_UnsizedElement_VariableCount" => vector::<InStruct<ArrayFieldUnsizedElementVariableCount>>(bytes, unpacked),
                "Packet_Array_Field_UnsizedElement_UnknownSize" => vector::<ArrayFieldUnsizedElementUnknownSize>(bytes, unpacked),
                "Struct_Array_Field_UnsizedElement_UnknownSize" => vector::<InStruct<ArrayFieldUnsizedElementUnknownSize>>(bytes, unpacked),
                "Packet_Array_Field_UnsizedElement_SizeModifier" => vector::<ArrayFieldUnsizedElementSizeModifier>(bytes, unpacked),
                "Struct_Array_Field_UnsizedElement_SizeModifier" => vector::<InStruct<ArrayFieldUnsizedElementSizeModifier>>(bytes, unpacked),
                "Packet_Array_Field_VariableElementSize_ConstantSize" => vector::<ArrayFieldVariableElementSizeConstantSize>(bytes, unpacked),
                "Packet_Array_Field_VariableElementSize_VariableSize" => vector::<ArrayFieldVariableElementSizeVariableSize>(bytes, unpacked),
                "Packet_Array_Field_VariableElementSize_VariableCount" => vector::<ArrayFieldVariableElementSizeVariableCount>(bytes, unpacked),
                "Packet_Array_Field_VariableElementSize_UnknownSize" => vector::<ArrayFieldVariableElementSizeUnknownSize>(bytes, unpacked),
                "Packet_Array_Field_SizedElement_VariableSize_Padded" => vector::<ArrayFieldSizedElementVariableSizePadded>(bytes, unpacked),
                "Struct_Array_Field_SizedElement_VariableSize_Padded" => vector::<InStruct<ArrayFieldSizedElementVariableSizePadded>>(bytes, unpacked),
                "Packet_Array_Field_UnsizedElement_VariableCount_Padded" => vector::<ArrayFieldUnsizedElementVariableCountPadded>(bytes, unpacked),
                "Struct_Array_Field_UnsizedElement_VariableCount_Padded" => vector::<InStruct<ArrayFieldUnsizedElementVariableCountPadded>>(bytes, unpacked),
                "Packet_Optional_Scalar_Field" => vector::<OptionalScalarField>(bytes, unpacked),
                "Struct_Optional_Scalar_Field" => vector::<InStruct<OptionalScalarField>>(bytes, unpacked),
                "Packet_Optional_Enum_Field" => vector::<OptionalEnumField>(bytes, unpacked),
                "Struct_Optional_Enum_Field" => vector::<InStruct<OptionalEnumField>>(bytes, unpacked),
                "Packet_Optional_Struct_Field" => vector::<OptionalStructField>(bytes, unpacked),
                "Struct_Optional_Struct_Field" => vector::<InStruct<OptionalStructField>>(bytes, unpacked),
                "Packet_Struct_Field" => vector::<StructField>(bytes, unpacked),
                "Struct_Struct_Field" => vector::<StructField>(bytes, unpacked),
                "ScalarParent" => vector::<ScalarParent>(bytes, unpacked),
                "EnumParent" => vector::<EnumParent>(bytes, unpacked),
                "Enum_Complete_Truncated" => vector::<EnumCompleteTruncated>(bytes, unpacked),
                "Enum_Complete_Truncated_WithRange" => vector::<EnumCompleteTruncatedWithRange>(bytes, unpacked),
                "Enum_Complete_WithRange" => vector::<EnumCompleteWithRange>(bytes, unpacked),
                "Enum_Incomplete_Truncated_Closed" => vector::<EnumIncompleteTruncatedClosed>(bytes, unpacked),
                "Enum_Incomplete_Truncated_Closed_WithRange" => vector::<EnumIncompleteTruncatedClosedWithRange>(bytes, unpacked),
                "Enum_Incomplete_Truncated_Open" => vector::<EnumIncompleteTruncatedOpen>(bytes, unpacked),
                "Enum_Incomplete_Truncated_Open_WithRange" => vector::<EnumIncompleteTruncatedOpenWithRange>(bytes, unpacked),
                _ => return false,
            }
            true
        }
    };
}
