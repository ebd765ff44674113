"""The vocabulary of the made-up posts."""

_TEXT = """
able about above account across action again against agree allow almost along already also always
among amount another answer appear area argue around arrange attempt average avoid balance because
become before begin behind below benefit better between beyond bright bring broken build button
carry catch cause certain chance change chapter choice circle clean clear close collect column
common compare complete concern connect consider contain control copy corner correct count course
cover create cross current daily danger decide deep degree depend describe design detail develop
differ direct discover distance divide double doubt early easy edge effect either empty engine
enough enter entire equal error even event every evidence exact example except expect explain
extra failure fair family farther fashion fast feature figure final find finish first follow force
forget form forward found free fresh friend full future garden gather general gentle given glass
grand great ground group grow guess guide half handle happen harbour heavy help hidden hold honest
hour however hundred idea image improve include increase inside instead interest invite island
join journey keep kind known language large later layer learn least leave length lesson letter
level light limit line listen little local longer look machine main manner margin market matter
measure memory method middle might minute mirror modern moment morning motion move much name
narrow nature nearly need network never night normal nothing notice number object obvious often
open order other outside owner page paper part pass past path pattern perhaps period picture piece
place plain plan plenty point possible power practice prepare present pretty prevent problem
process produce promise proper prove public pure purpose quarter question quick quiet quite random
range rather reach reader ready reason record reduce refer remain remember repeat reply report
result return right river rough round rule same sample scale season second section select sense
separate several shape share short should signal silent simple single slow small smooth solid
solve source space special speed spread stable stage stand start state steady still stone store
story stream strict strong study style subject such sudden suggest summer supply support surface
switch system table target teach temper tend theory thing think third though thread through
together tool total toward travel tree true trust turn under unit until upon useful usual value
various version view village visit voice wait walk water weather weight while whole wide window
winter within without wonder word world write yard year yellow young
"""
WORDS = tuple(_TEXT.split())
